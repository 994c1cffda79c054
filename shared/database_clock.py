"""The database's time in every process, so that replicas whose machines disagree about the time do not.

Leases are judged by the database's clock already; with this one deadlines, timestamps, tokens and signatures
are, too. A machine whose own clock is far off harms nothing, yet is told of: its logs lie, and so would
whatever does not ask here.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.errors import Unavailable
from shared.mongo import SELECTION_SECONDS, Database, guard

log = logging.getLogger(__name__)

ASK_EVERY_SECONDS: Final = 2.0
# Of a machine's clock. Kafka's and MongoDB's own certificates, logs and tickets tolerate about as much.
MOST_OFF_SECONDS: Final = 30.0


def _wall() -> datetime:
    return datetime.now(UTC)


class DatabaseClock:
    """A `shared.clock.Clock`. The database is asked now and then; between two answers the monotonic clock of
    this process carries its time on, whatever becomes of the machine's. Before the first answer `now` can be
    the machine's only: background work waits for `known`, and requests need the database anyway.
    """

    def __init__(
        self,
        database: Database,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        self._database, self._monotonic, self._wall = database, monotonic, wall
        self._told: datetime | None = None
        self._at = 0.0
        self._known = asyncio.Event()

    def now(self) -> datetime:
        if self._told is None:
            return self._wall()
        return self._told + timedelta(seconds=self._monotonic() - self._at)

    def off(self) -> float:
        """Seconds by which this machine's clock is ahead of the database's; negative when behind, 0 before
        the first answer."""
        return (self._wall() - self.now()).total_seconds()

    async def ask(self) -> None:
        """Asks the primary for its time. Raises Unavailable within `SELECTION_SECONDS` or a little more."""
        began = self._monotonic()
        async with guard(SELECTION_SECONDS):
            hello = await self._database.command("hello", codec_options=self._database.codec_options)
        ended = self._monotonic()
        self._learn(hello["localTime"], (began + ended) / 2, (ended - began) / 2)

    async def known(self) -> None:
        """Wait for the first answer."""
        await self._known.wait()

    async def follow(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            try:
                await self.ask()
            except Unavailable:
                log.debug("the database cannot tell the time just now")
            await asyncio.sleep(ASK_EVERY_SECONDS)

    def _learn(self, told: datetime, at: float, doubt: float) -> None:
        """`doubt`: half of the way there and back; an answer that differs by less says nothing new, and time
        does not jitter with the network."""
        before = None if self._told is None else self._told + timedelta(seconds=at - self._at)
        if before is None or abs((told - before).total_seconds()) > max(doubt, 0.005):
            self._told, self._at = told, at
        self._known.set()
