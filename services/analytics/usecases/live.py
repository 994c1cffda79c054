"""Telling open streams that figures changed: each listener keeps a bounded set of areas, never a queue of
events.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.auth import Principal
from shared.errors import Unavailable

MOST_AREAS = 100


@dataclass(frozen=True, slots=True)
class Change:
    """Figures of `area` changed; `restricted` ones are told to the inspectorate alone."""

    area: str
    restricted: bool = False
    what: str = "figures"


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last news. `everything`: too much to name, or the stream had a gap."""

    figures: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    everything: bool = False


class Listener:
    """One open stream. A slow reader loses detail (`everything`), never memory and never a change."""

    def __init__(self, caller: Principal) -> None:
        self._caller = caller
        self._changed: set[tuple[str, str]] = set()
        self._everything = False
        self._woken = asyncio.Event()

    def tell(self, change: Change) -> None:
        if not self._caller.covers(change.area) or (
            change.restricted and not self._caller.has("inspectorate")
        ):
            return
        if len(self._changed) < MOST_AREAS:
            self._changed.add((change.what, change.area))
        else:
            self._everything = True
        self._woken.set()

    def tell_everything(self) -> None:
        self._everything = True
        self._woken.set()

    async def wait(self) -> None:
        await self._woken.wait()

    def take(self) -> News:
        self._woken.clear()
        changed, everything = self._changed, self._everything
        self._changed, self._everything = set(), False
        if everything:
            return News(everything=True)
        return News(
            tuple(sorted(area for what, area in changed if what == "figures")),
            tuple(sorted(area for what, area in changed if what == "statistics")),
        )


class Changes:
    """The open streams of this replica, at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._listeners: set[Listener] = set()

    def need_room(self) -> None:
        """Raises Unavailable when no further stream may be opened here."""
        if len(self._listeners) >= self._limit:
            raise Unavailable("Too many live streams are open here.", retry_after=30)

    @contextmanager
    def listening(self, caller: Principal) -> Iterator[Listener]:
        listener = Listener(caller)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def publish(self, change: Change) -> None:
        for listener in self._listeners:
            listener.tell(change)

    def resync(self) -> None:
        """Changes may have been missed: everybody looks again."""
        for listener in self._listeners:
            listener.tell_everything()

    def status(self) -> dict[str, int]:
        return {"listeners": len(self._listeners)}
