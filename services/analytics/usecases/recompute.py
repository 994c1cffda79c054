"""The worker that recomputes marked buckets: leaves from their facts, sums from the buckets below them."""

import asyncio
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.analytics.domain.buckets import Counts, add, fold
from services.analytics.domain.counted import Source
from services.analytics.domain.facts import Fact, Key, parents

log = logging.getLogger(__name__)

AT_ONCE = 250
PAUSE_SECONDS = 0.05  # lets marks of a burst gather, so that a busy bucket is folded once for many events
REST = 2.0  # times as long as a round took: a bucket of many thousands of facts leaves the rest their core
POLL_SECONDS = 0.5  # marks that another replica, or a crash, left behind
# So many facts at once come when history is read: each bucket would then be folded anew for every batch.
FLOOD = 500
QUIET_SECONDS = 0.5  # since the last flood: the history has been read
PATIENCE_SECONDS = 20.0  # how long at most a flood puts off the figures


@dataclass(frozen=True, slots=True)
class Mark:
    """A bucket to recompute. `mark` is fresh each time somebody asks for it."""

    key: Key
    mark: str


class Buckets(Protocol):
    """The store of facts, marks and buckets. Every method raises Unavailable when the database is away."""

    async def marked(self, limit: int) -> Sequence[Mark]:
        """Marks of the lowest stage that has any: leaves first, then the sums above them."""

    async def revisions(self, keys: Collection[Key]) -> Mapping[Key, int]: ...

    async def facts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Fact]]: ...

    async def parts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Counts]]:
        """The buckets one step below each of these sums."""

    async def write(self, counts: Mapping[Key, Counts], revisions: Mapping[Key, int]) -> Collection[Key]:
        """Writes each bucket whose revision is still the one given; returns those it wrote."""

    async def reports_from(self, sources: Mapping[Key, Collection[Source]]) -> None:
        """Remembers, per ward and source, the first day from which it reports: `sources` of each leaf."""

    async def mark(self, keys: Collection[Key]) -> None: ...

    async def clear(self, marks: Sequence[Mark]) -> None:
        """Clears each mark that is still the same."""


async def recompute(store: Buckets, limit: int = AT_ONCE) -> int:
    """One round; returns how many marks it saw.

    The revision is read before the facts and compared on writing: of two workers at one bucket, the one that
    read
    older facts cannot overwrite the other's result, and whoever lost leaves the mark for another round.
    """
    marks = await store.marked(limit)
    if not marks:
        return 0
    keys = [mark.key for mark in marks]
    revisions = await store.revisions(keys)
    leaves = [key for key in keys if key.level == "leaf"]
    facts = await store.facts(leaves) if leaves else {}
    counted = {key: fold(facts.get(key, ()), date.fromisoformat(key.span)) for key in leaves}
    sums = [key for key in keys if key.level != "leaf"]
    parts = await store.parts(sums) if sums else {}
    counted |= {key: add(parts.get(key, ())) for key in sums}
    written = await store.write(counted, revisions)
    if heard := {key: {fact.source for fact in facts[key]} for key in written if key in facts}:
        await store.reports_from(heard)
    # Before the mark is cleared: a crash in between repeats this bucket and forgets no sum above it.
    if above := {parent for key in written for parent in parents(key)}:
        await store.mark(above)
    await store.clear([mark for mark in marks if mark.key in written])
    return len(marks)


class Worker:
    """Runs rounds until cancelled. `wake` is called when this process has marked the buckets of so many
    facts.
    """

    def __init__(self, store: Buckets) -> None:
        self._store = store
        self._woken = asyncio.Event()
        self._flooded = float("-inf")

    def wake(self, facts: int = 0) -> None:
        if facts >= FLOOD:
            self._flooded = time.monotonic()
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            await self._calm()
            while await self._round():
                pass
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()

    async def _round(self) -> int:
        """Recompute, and rest after it unless more is waiting than one round takes."""
        began = time.monotonic()
        seen = await recompute(self._store)
        if 0 < seen < AT_ONCE:
            await asyncio.sleep(max(PAUSE_SECONDS, REST * (time.monotonic() - began)))
        return seen

    async def _calm(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            left = min(self._flooded + QUIET_SECONDS, until) - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)
