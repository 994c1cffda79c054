"""Where an issuer's public keys come from: a JWKS file (RFC 7517) or OpenID Connect discovery, cached."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from shared.errors import Unavailable

_AGE_SECONDS = 600.0
_PAUSE_SECONDS = 30.0
_log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[KeySet]]


class CachedKeys:
    """Keys renewed after ten minutes, or on demand (an unknown key id) at most every 30 seconds.

    While the source is away the keys already had go on serving; with none at all `keys` raises `Unavailable`.
    `monotonic` returns seconds and is passed in by tests.
    """

    def __init__(self, fetch: Fetch, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._keys: KeySet | None = None
        self._asked: float | None = None

    async def keys(self, *, refresh: bool) -> KeySet:
        if self._keys is None or self._wants_asking(refresh):
            # Without any keys a caller waits here for a fetch that is under way.
            async with self._lock:
                if self._wants_asking(refresh):
                    await self._ask()
        if self._keys is None:
            raise Unavailable("The keys of the token issuer cannot be had just now.", retry_after=5)
        return self._keys

    def _wants_asking(self, refresh: bool) -> bool:
        if self._asked is None:
            return True
        age = self._monotonic() - self._asked
        if self._keys is None:
            return age >= 1.0
        return age >= (_PAUSE_SECONDS if refresh else _AGE_SECONDS)

    async def _ask(self) -> None:
        self._asked = self._monotonic()
        try:
            self._keys = await self._fetch()
        except (OSError, httpx.HTTPError, JoseError, ValueError, KeyError, TypeError, RecursionError):
            _log.warning("the keys of the token issuer cannot be had", exc_info=True)


def from_file(path: Path) -> CachedKeys:
    """Keys of a JWKS file; it is read again when a token names a key that is not in it."""

    async def fetch() -> KeySet:
        return parse(json.loads(await asyncio.to_thread(path.read_bytes)))

    return CachedKeys(fetch)


def from_issuer(issuer: str, client: httpx.AsyncClient) -> CachedKeys:
    """Keys of an OpenID Connect issuer by discovery (OpenID Connect Discovery 1.0, section 4).

    The discovery document must name exactly this issuer (section 4.3). The client's timeout bounds the time.
    """

    async def fetch() -> KeySet:
        found = await _get(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found["issuer"] != issuer:
            raise ValueError("the discovery document names another issuer")
        return parse(await _get(client, found["jwks_uri"]))

    return CachedKeys(fetch)


async def _get(client: httpx.AsyncClient, url: str) -> Any:
    answer = await client.get(url, headers={"Accept": "application/json"})
    answer.raise_for_status()
    return answer.json()


def parse(document: Any) -> KeySet:
    """The usable public keys of a JWKS; others are passed over. `ValueError` when none is left."""
    keys: list[Key] = []
    for jwk in document["keys"]:
        if jwk.get("kty") not in ("EC", "RSA", "OKP"):
            continue
        try:
            keys.append(JWKRegistry.import_key(jwk))
        except (JoseError, ValueError) as error:
            _log.warning("a key of the token issuer is passed over: %s", type(error).__name__)
    if not keys:
        raise ValueError("no usable key")
    return KeySet(keys)
