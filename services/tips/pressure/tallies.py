"""How often an address did something lately, without keeping the address."""

import hashlib
import ipaddress
import secrets
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request

WINDOW: Final = timedelta(minutes=10)
EVERYBODY: Final = 50  # so many times the share of one address is what all of them together have free
_MOST_MARKS: Final = 100_000
_REST: Final = b"rest"


def address_of(request: Request, proxies: int) -> str:
    """Who calls, as the outermost of `proxies` trusted proxies saw it (0: who is connected). Never log it."""
    seen = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if 0 < proxies <= len(seen):
        return seen[-proxies]
    return request.client.host if request.client else ""


class Tallies:
    """In this process's memory alone. Addresses are hashed under a key that lives for one window; with it
    goes every count, and what something was a hash of can then not even be tried out.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        self._began: datetime | None = None
        self._key = b""
        self._counts: Counter[tuple[str, bytes]] = Counter()

    def add(self, what: str, address: str, now: datetime) -> None:
        self._turn(now)
        self._counts[what, self.mark(address, now)] += 1
        self._counts[what, b""] += 1

    def over(self, what: str, address: str, now: datetime) -> bool:
        """Whether the share of this address, or that of everybody together, is used up."""
        self._turn(now)
        mine = self._counts[what, self.mark(address, now)] >= self._share
        return mine or self._counts[what, b""] >= self._share * EVERYBODY

    def mark(self, address: str, now: datetime) -> bytes:
        """Stands for the address within this window. An IPv6 network of one household counts as one."""
        self._turn(now)
        mark = hashlib.blake2b(_network(address).encode(), key=self._key, digest_size=8).digest()
        return mark if len(self._counts) < _MOST_MARKS else _REST

    def _turn(self, now: datetime) -> None:
        if self._began is None or now - self._began >= WINDOW:
            self._began, self._key = now, secrets.token_bytes(32)
            self._counts.clear()


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
