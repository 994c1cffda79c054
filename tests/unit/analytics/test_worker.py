"""The worker waits while history comes in, and no longer."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

import pytest

from services.analytics.domain.buckets import Counts
from services.analytics.domain.counted import Source
from services.analytics.domain.facts import Fact, Key
from services.analytics.usecases import recompute
from services.analytics.usecases.recompute import FLOOD, Mark, Worker
from tests.support.waiting import eventually

KEY = Key("leaf", "99/99001/tdp-4", "2026-09-14", restricted=False)


class OneMark:
    """A store with one marked bucket; `cleared` once it has been recomputed."""

    def __init__(self) -> None:
        self.marks = [Mark(KEY, "fresh")]
        self.cleared = asyncio.Event()

    async def marked(self, limit: int) -> Sequence[Mark]:
        return self.marks[:limit]

    async def revisions(self, keys: Collection[Key]) -> Mapping[Key, int]:
        return {}

    async def facts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Fact]]:
        return {}

    async def parts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Counts]]:
        return {}

    async def write(self, counts: Mapping[Key, Counts], revisions: Mapping[Key, int]) -> Collection[Key]:
        return list(counts)

    async def reports_from(self, sources: Mapping[Key, Collection[Source]]) -> None: ...

    async def mark(self, keys: Collection[Key]) -> None: ...

    async def clear(self, marks: Sequence[Mark]) -> None:
        self.marks = []
        self.cleared.set()


async def test_while_full_batches_come_in_no_bucket_is_folded_and_then_all_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recompute, "QUIET_SECONDS", 3600.0)
    store = OneMark()
    worker = Worker(store)
    worker.wake(FLOOD)
    working = asyncio.create_task(worker.run())
    try:
        for _ in range(100):
            await asyncio.sleep(0)
        assert not store.cleared.is_set()
    finally:
        working.cancel()
    monkeypatch.setattr(recompute, "QUIET_SECONDS", 0.05)
    working = asyncio.create_task(worker.run())
    await eventually(store.cleared.is_set)
    working.cancel()


async def test_a_flood_that_does_not_end_puts_figures_off_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recompute, "QUIET_SECONDS", 3600.0)
    monkeypatch.setattr(recompute, "PATIENCE_SECONDS", 0.05)
    store = OneMark()
    worker = Worker(store)
    worker.wake(FLOOD)
    working = asyncio.create_task(worker.run())
    await eventually(store.cleared.is_set)
    working.cancel()


async def test_live_events_are_folded_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "QUIET_SECONDS", 3600.0)
    store = OneMark()
    worker = Worker(store)
    worker.wake(FLOOD - 1)
    working = asyncio.create_task(worker.run())
    await eventually(store.cleared.is_set)
    working.cancel()
