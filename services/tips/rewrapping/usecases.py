"""Wrapping every data key anew under the current key-encryption key. It may be stopped and run again: what
is done is not done twice, and only when nothing is left may an older key be destroyed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from shared.sealing import Sealer, Unsealable


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One wrapped data key: where it lies, and the `name` it is bound to."""

    collection: str
    id: str
    field: str
    name: str
    wrapped: str


class WrappedKeys(Protocol):
    def under_others(self, current: str) -> AsyncIterator[Wrapped]:
        """Every data key that another key-encryption key than `current` wraps. Raises Unavailable."""
        ...

    async def replace(self, key: Wrapped, wrapped: str) -> bool:
        """False when it is another by now, or erased: then there is nothing to do. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """`done` were wrapped anew, `unreadable` are under a key that is not in the ring, `left` are still (or
    again) under an older one: a replica that has not been told of the new key goes on using it."""

    current: str
    done: int
    unreadable: int
    left: int


async def rewrap(keys: WrappedKeys, sealer: Sealer) -> Rewrapped:
    done = unreadable = left = 0
    async for key in keys.under_others(sealer.current):
        try:
            done += await keys.replace(key, sealer.rewrap(key.wrapped, key.name))
        except Unsealable:
            unreadable += 1
    async for _ in keys.under_others(sealer.current):
        left += 1
    return Rewrapped(sealer.current, done, unreadable, left)
