"""Recomputing when several do it at once: no result is overwritten by an older one, no wish is lost."""

import asyncio

from services.analytics.consumers import fact_of
from services.analytics.domain.facts import Key
from services.analytics.store.buckets import MongoBuckets
from services.analytics.store.facts import MongoFacts
from services.analytics.usecases.grouping import Target
from services.analytics.usecases.recompute import Mark, recompute
from tests.support.tip_events import tip_event

KEY = Key("leaf", "99/99001", "2026-09-14", restricted=False)


async def received(store: MongoBuckets, *tips: int) -> None:
    """Facts of tips received, and their bucket marked."""
    facts = MongoFacts(store._facts, store.marks)
    events = [tip_event("received", tip=tip, area=KEY.area) for tip in tips]
    await facts.collection.insert_many([facts.row(fact_of(event)) for event in events])
    await store.mark([KEY])


async def counted(store: MongoBuckets, level: str = "leaf") -> int:
    (bucket,) = await store.read(Target(level, area="99/99001"), [KEY.span], restricted=False)  # type: ignore[arg-type]
    return bucket.counts["tip.received", "theft_burglary"]


async def test_a_worker_with_older_facts_cannot_overwrite_a_newer_result(store: MongoBuckets) -> None:
    await received(store, 1)
    await recompute(store)
    seen_by_the_slow_one = await store.revisions([KEY])
    await received(store, 2)
    await recompute(store)
    assert await store.write({KEY: {}}, seen_by_the_slow_one) == set()
    assert await counted(store) == 2


async def test_two_workers_that_make_one_new_bucket_leave_one_result(store: MongoBuckets) -> None:
    await received(store, 1)
    await store.write({KEY: {("tip.received", "theft_burglary"): 1}}, {})
    assert await store.write({KEY: {}}, {}) == set()
    assert await counted(store) == 1


async def test_a_mark_renewed_meanwhile_is_not_cleared(store: MongoBuckets) -> None:
    await store.mark([KEY])
    (old,) = await store.marked(10)
    await store.mark([KEY])
    await store.clear([old])
    (renewed,) = await store.marked(10)
    assert renewed.key == KEY
    await store.clear([Mark(KEY, renewed.mark)])
    assert list(await store.marked(10)) == []


async def test_many_workers_at_once_end_with_the_right_sums(store: MongoBuckets) -> None:
    async def work() -> None:
        while await recompute(store):
            pass

    for start in range(0, 60, 6):
        await received(store, *range(start, start + 6))
        await asyncio.gather(*(work() for _ in range(4)))
    assert await counted(store) == 60
    assert await counted(store, "ward") == 60


async def test_marks_made_at_once_are_all_kept(store: MongoBuckets) -> None:
    keys = [Key("leaf", f"99/99001/tdp-{number}", KEY.span, restricted=False) for number in range(20)]
    await asyncio.gather(*(store.mark(keys) for _ in range(10)))
    assert {mark.key for mark in await store.marked(100)} == set(keys)
