"""Following the log: what one stream delivers, page by page: a slow reader costs a page and no more."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.log import Log
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import Event

BEGIN: Final = "begin"
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 15 * 60.0  # then the reader comes again, and its token is looked at again

Admits = Callable[[Event], bool]


class Leaving(Protocol):
    """Whether the service is about to stop."""

    @property
    def begun(self) -> bool: ...

    async def wait(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream says next: event `number` since the stream first began, or a sign of life without one.

    `cursor` is where to resume after it.
    """

    cursor: str
    number: int
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a stream begins: after `count` events that it delivered before."""

    position: dict[int, int]
    count: int


class Following:
    """Makes streams over one log. A stream says something at least every `heartbeat` seconds."""

    def __init__(
        self, log: Log, cursors: Cursors, clock: Clock, heartbeat: float = HEARTBEAT_SECONDS
    ) -> None:
        self.log = log
        self._cursors = cursors
        self._clock = clock
        self._heartbeat = heartbeat

    async def start(self, after: str | None, *, pointer: str) -> Start:
        """`after`: a cursor, `begin` for the oldest entry kept, None for now. Raises Invalid
        `cursor_invalid` or `cursor_expired`, Unavailable.
        """
        if after is None:
            return Start(dict(await self.log.end()), 0)
        if after == BEGIN:
            return Start({}, 0)
        mark = self._cursors.read(after, self._clock.now(), pointer=pointer)
        return Start(dict(mark.position), mark.count)

    async def follow(self, start: Start, admits: Admits, leaving: Leaving) -> AsyncIterator[Told]:
        """Every event that `admits` lets through, in order per aggregate, and signs of life in between.

        Begins with a sign of life, so that a reader has a cursor before the first event. Ends after
        `LONGEST_SECONDS`, when the service is about to stop, or when the database is away: the reader resumes
        from its last cursor.
        """
        position, count = dict(start.position), start.count
        until = time.monotonic() + LONGEST_SECONDS
        yield self._told(position, count)
        spoke = time.monotonic()
        with suppress(Unavailable):
            while not _over(leaving, until):
                page = await self.log.page(position)
                for entry in page.entries:
                    position[entry.log] = entry.n
                    if admits(entry.event):
                        count += 1
                        yield self._told(position, count, entry.event)
                        spoke = time.monotonic()
                        if _over(leaving, until):
                            return
                position.update(page.end)
                quiet = self._heartbeat - (time.monotonic() - spoke)
                if quiet <= 0:
                    yield self._told(position, count)
                    spoke = time.monotonic()
                elif not page.entries:
                    await self._news(position, min(quiet, until - time.monotonic()), leaving)

    async def _news(self, position: dict[int, int], seconds: float, leaving: Leaving) -> None:
        news = asyncio.ensure_future(self.log.news(position, max(0.0, seconds)))
        left = asyncio.ensure_future(leaving.wait())
        try:
            await asyncio.wait({news, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            left.cancel()

    def _told(self, position: dict[int, int], count: int, event: Event | None = None) -> Told:
        return Told(self._cursors.write(position, count, self._clock.now()), count, event)


def _over(leaving: Leaving, until: float) -> bool:
    return leaving.begun or time.monotonic() >= until
