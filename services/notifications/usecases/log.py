"""The event log: every event of the other services, and of this one, once, read on from a position.

One log is one partition of one topic on one cluster; its entries are numbered by their offsets, from 1 on.
A batch is stored in no particular order, so nobody reads past a log's head, which is raised once the whole
batch is there: a reader sees no gap and, since an event keeps the first place it had, no repeat.
"""

import asyncio
import hashlib
import heapq
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shared.events import Event

# Log → number of the last entry passed. A log that is not named here has not been begun.
Position = Mapping[int, int]

PAGE: Final = 200  # entries of one page, over all logs together (at least one of each)
POLL_SECONDS: Final = 0.1  # one look of a replica at what the others stored; it serves all its readers
_SHARED_READS: Final = 64
LOG_BYTES: Final = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its place. `at` is when it was stored here."""

    log: int
    n: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in order, and where a reader stands after the last: past what holds no entry, too."""

    entries: Sequence[Entry]
    end: Position


class LogStore(Protocol):
    """Where the log is kept. Every method raises Unavailable when it is away."""

    async def heads(self) -> Position:
        """How far each log may be read."""
        ...

    async def read(self, log: int, after: int, upto: int, limit: int) -> Sequence[Entry]:
        """The first `limit` entries of one log with `after` < n <= `upto`, in order."""
        ...


def log_number(cluster: str, topic: str, partition: int) -> int:
    """The name of a log: 48 bits of a hash, so that every replica, and one with an empty database, agrees."""
    name = f"{cluster}/{topic}/{partition}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:LOG_BYTES])


class Log:
    """What all readers of this process share: the heads, the waiting for news, and reads of the same page."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self._heads: dict[int, int] = {}
        self._raises = 0
        self._changed = asyncio.Event()
        self._reads: OrderedDict[tuple[int, int, int, int], asyncio.Task[Sequence[Entry]]] = OrderedDict()

    def raised(self, heads: Position) -> None:
        """This process has just raised these heads: its own readers need not wait for the next look."""
        self._raises += 1
        self._set(self._highest(heads))

    async def run(self) -> None:
        """Look at the heads until cancelled. Raises Unavailable."""
        while True:
            before = self._raises
            heads = await self._store.heads()
            # Not always the higher of both: whoever empties the log to fill it anew lowers the heads.
            self._set(heads if self._raises == before else self._highest(heads))
            await asyncio.sleep(POLL_SECONDS)

    async def end(self) -> Position:
        """Past everything there is now. Raises Unavailable."""
        return await self._store.heads()

    @property
    def heads(self) -> Position:
        """How far this process may read each log just now."""
        return self._heads

    async def page(self, position: Position, upto: Position | None = None) -> Page:
        """The next entries (those of `upto` and before it), in the order in which they came; those of one log
        never change places. Raises Unavailable.
        """
        ahead = self._ahead(position, upto)
        if not ahead:
            return Page((), {})
        share = max(1, PAGE // len(ahead))
        parts = await asyncio.gather(
            *(self._read(log, position.get(log, 0), head, share) for log, head in ahead.items())
        )
        entries = _merged(parts, share)
        last = {entry.log: entry.n for entry in entries}
        for (log, head), part in zip(ahead.items(), parts, strict=True):
            if len(part) < share and (not part or last.get(log) == part[-1].n):
                last[log] = head
        return Page(entries, last)

    async def news(self, position: Position, seconds: float) -> bool:
        """Wait until there is something past `position`; False when there was nothing for so long."""
        try:
            async with asyncio.timeout(seconds):
                while not self._ahead(position):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _ahead(self, position: Position, upto: Position | None = None) -> dict[int, int]:
        ends = self._heads
        if upto is not None:
            ends = {log: min(head, upto[log]) for log, head in ends.items() if log in upto}
        return {log: head for log, head in ends.items() if head > position.get(log, 0)}

    def _highest(self, heads: Position) -> dict[int, int]:
        return {**self._heads, **{log: max(n, self._heads.get(log, 0)) for log, n in heads.items()}}

    def _set(self, heads: Position) -> None:
        changed, self._heads = self._heads != heads, dict(heads)
        if changed:
            self._changed.set()
            self._changed = asyncio.Event()

    async def _read(self, log: int, after: int, upto: int, limit: int) -> Sequence[Entry]:
        """Readers that keep up ask for the same page at the same moment: it is read once for all."""
        key = (log, after, upto, limit)
        if key not in self._reads:
            self._reads[key] = asyncio.create_task(self._store.read(log, after, upto, limit))
            self._reads[key].add_done_callback(lambda task: self._forget_failed(key, task))
            if len(self._reads) > _SHARED_READS:
                self._reads.popitem(last=False)
        # A reader that leaves must not take the read away from the others.
        return await asyncio.shield(self._reads[key])

    def _forget_failed(self, key: tuple[int, int, int, int], task: "asyncio.Task[Sequence[Entry]]") -> None:
        if (task.cancelled() or task.exception() is not None) and self._reads.get(key) is task:
            del self._reads[key]


def _merged(parts: Sequence[Sequence[Entry]], share: int) -> list[Entry]:
    """All parts by the time of storing, up to where a part that may have more behind it ends: what follows
    there may be older than the rest of the others. So the log of a cluster that is gone comes before the one
    that repeats and continues it.
    """
    entries: list[Entry] = []
    nexts = [(part[0].at, number, 0) for number, part in enumerate(parts) if part]
    heapq.heapify(nexts)
    while nexts:
        _, number, index = heapq.heappop(nexts)
        part = parts[number]
        entries.append(part[index])
        if index + 1 < len(part):
            heapq.heappush(nexts, (part[index + 1].at, number, index + 1))
        elif len(part) == share:
            break
    return entries
