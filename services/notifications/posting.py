"""The one place that connects to an address somebody else chose.

The host is resolved and checked here, and the connection goes to the very address that was checked: a name
that answers differently the second time (DNS rebinding) has no second time. No redirect is followed, no
proxy asked, nothing unpacked, and the whole exchange has one deadline, also against a trickle.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from services.notifications.domain.attempts import Answer
from services.notifications.domain.attempts import Fault as Trouble
from shared.errors import Fault, Invalid

SECONDS: Final = 15.0
MOST_BYTES: Final = 64 * 1024  # of an answer; what it says is of no interest
_RESOLVERS: Final = 64
_MOST_ADDRESSES: Final = 4
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")
# What is reachable on IPv6 from everywhere; Teredo and 6to4 carry an IPv4 address of the sender's choice.
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_TUNNELS: Final = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Poster:
    """`private`: addresses of the inside are allowed. `resolve` gives the addresses of a host and port."""

    def __init__(
        self,
        *,
        private: bool,
        resolve: Resolve | None = None,
        trusted: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._private = private
        self._seconds = seconds
        # Threads of its own: a name server that does not answer holds a thread for half a minute.
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolver")
        self._resolve = resolve or self._ask_the_system
        # A fresh connection each time: the one kept for another name on the same address is not ours.
        self._client = httpx.AsyncClient(
            verify=trusted or httpx.create_ssl_context(trust_env=False),
            trust_env=False,
            follow_redirects=False,
            timeout=None,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        await self._client.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once. Everything that can go wrong outside is part of the answer."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(httpx.URL(url), headers, body)
        except TimeoutError:
            return Answer(fault=Trouble.TIMEOUT)
        except httpx.ConnectError as error:
            tls = any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
            return Answer(fault=Trouble.TLS if tls else Trouble.NO_CONNECTION)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            return Answer(fault=Trouble.BROKEN)

    async def _exchange(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Answer:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await self._resolve(url.raw_host.decode("ascii"), port)
        except OSError:
            return Answer(fault=Trouble.UNKNOWN_HOST)
        allowed = [one for one in addresses if self._private or is_public(one)]
        if not allowed:
            return Answer(fault=Trouble.PRIVATE_ADDRESS if addresses else Trouble.UNKNOWN_HOST)
        failed: httpx.ConnectError | None = None
        for address in allowed[:_MOST_ADDRESSES]:
            try:
                return await self._send(url, address, headers, body)
            except httpx.ConnectError as error:  # nothing was sent yet
                failed = error
        raise failed or httpx.ConnectError("no address")

    async def _send(self, url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        async with self._client.stream(
            "POST",
            url.copy_with(host=address),
            # The name, not the address, is what the receiver is called and what its certificate must show.
            headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            content=body,
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as answer:
            read = 0
            async for chunk in answer.aiter_raw():
                read += len(chunk)
                if read > MOST_BYTES:
                    break
            return Answer(answer.status_code, retry_after=_retry_after(answer.headers.get("retry-after")))

    async def _ask_the_system(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for *_, address in found]


def checked_address(url: str, *, private: bool) -> tuple[str, str]:
    """An address as it will be called, and the part of it that may be shown. Raises Invalid at `/url`.

    Names are looked up when something is sent, never here: what they answer now says nothing about then.
    """
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").strip("[]")
    except (httpx.InvalidURL, UnicodeError):
        raise _unusable("is not an address") from None
    if parsed.scheme not in (("https", "http") if private else ("https",)):
        raise _unusable("must begin with https://")
    if not (_HOST_NAME.fullmatch(host) or _is_literal(host)) or not (
        parsed.port is None or 0 < parsed.port < 65536
    ):
        raise _unusable("must name a host, and a port from 1 to 65535 if any")
    if parsed.fragment:
        raise _unusable("must have no fragment")
    if parsed.userinfo:
        raise _unusable("must hold no name and password: the signature says who sends")
    if not private and (_is_literal(host) and not is_public(host)):
        raise _unusable("is a private address")
    return str(parsed), f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _unusable(message: str) -> Invalid:
    return Invalid("The address cannot be used.", (Fault("/url", message),))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not private, loopback, link-local, shared, reserved,
    documentation or multicast, and no tunnel into such a one.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # an IPv6 address with a zone is link-local
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip not in _GLOBAL_V6 or any(ip in tunnel for tunnel in _TUNNELS)
    ):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _retry_after(value: str | None) -> timedelta | None:
    """Seconds or a date (RFC 9110, section 10.2.3); None for anything else."""
    if value is None or len(value) > 64:
        return None
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 10**9))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC))


def _causes(error: BaseException) -> Sequence[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes
