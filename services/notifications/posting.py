"""The one place that connects to an address somebody else chose.

The host is resolved and checked where the connection is made, and it goes to the very address that was
checked: a name that answers differently the second time (DNS rebinding) has no second time. A connection is
kept for its name only, and for a few seconds. No redirect is followed, no proxy asked, nothing unpacked, and
the whole exchange has one deadline, also against a trickle.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpcore
import httpx

from services.notifications.domain.attempts import Answer
from services.notifications.domain.attempts import Fault as Trouble
from shared.errors import Fault, Invalid

SECONDS: Final = 15.0
MOST_BYTES: Final = 64 * 1024  # of an answer; what it says is of no interest
_RESOLVERS: Final = 64
_MOST_ADDRESSES: Final = 4
_KEPT: Final = 64  # connections that wait for another post
_KEPT_SECONDS: Final = 5.0
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
        self._seconds = seconds
        # Threads of its own: a name server that does not answer holds a thread for half a minute.
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolver")
        # httpcore and not httpx over it: that made a post cost three times as much.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted or httpx.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=_Checked(resolve or self._ask_the_system, private=private),
        )

    async def close(self) -> None:
        await self._pool.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once. Everything that can go wrong outside is part of the answer."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(httpx.URL(url), headers, body)
        except TimeoutError:
            return Answer(fault=Trouble.TIMEOUT)
        except _Unreachable as error:
            return Answer(fault=error.fault)
        except httpcore.ConnectError as error:
            tls = any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
            return Answer(fault=Trouble.TLS if tls else Trouble.NO_CONNECTION)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.InvalidURL):
            return Answer(fault=Trouble.BROKEN)

    async def _exchange(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Answer:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        own = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
        told = list({**headers, **own}.items())
        async with self._pool.stream("POST", target, headers=told, content=body) as answer:
            read = 0
            async for chunk in answer.aiter_stream():
                read += len(chunk)
                if read > MOST_BYTES:
                    break
            return Answer(answer.status, retry_after=_retry_after(_header(answer, b"retry-after")))

    async def _ask_the_system(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for *_, address in found]


class _Unreachable(Exception):
    """There is no address, or none to which we would connect."""

    def __init__(self, fault: Trouble) -> None:
        super().__init__(fault.value)
        self.fault = fault


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to no others."""

    def __init__(self, resolve: Resolve, *, private: bool) -> None:
        self._resolve = resolve
        self._private = private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError:
            raise _Unreachable(Trouble.UNKNOWN_HOST) from None
        allowed = [one for one in addresses if self._private or is_public(one)]
        if not allowed:
            raise _Unreachable(Trouble.PRIVATE_ADDRESS if addresses else Trouble.UNKNOWN_HOST)
        failed: httpcore.ConnectError | None = None
        for address in allowed[:_MOST_ADDRESSES]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failed = error
        raise failed or httpcore.ConnectError("no address")


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), None)


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
