"""A service whose database was lost takes its aggregates up from its own events."""

import asyncio
from dataclasses import replace
from datetime import datetime

from shared.decision import Decision, Noted
from shared.outbox import Cause, Outbox
from tests.component.outbox.probe import Counter, begin, step
from tests.component.outbox.relays import REPORTER, opened
from tests.component.outbox.world import World

EVENT = Cause("event:liengia.probe.moved.v1")


class Recall:
    """Stands at `count`, whatever was there."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, state: Counter | None, now: datetime) -> Decision[Counter]:
        after = replace(state or Counter(0), count=self.count)
        return Decision(after, noted=(Noted("recalled"),))


async def test_nothing_is_told_anew_and_the_next_event_has_the_next_number(
    world: World, outbox: Outbox[Counter]
) -> None:
    assert await outbox.take_up("c", Recall(4), EVENT, sequence=5)
    assert await outbox.take_up("c", Recall(6), EVENT, sequence=7)
    taken = await outbox.get("c")
    assert (taken.state.count, taken.sequence, taken.version) == (6, 7, 2)
    await outbox.update("c", step, REPORTER)
    document = await world.storage().aggregates("counters").load("c")
    assert document is not None
    assert [entry["sequence"] for entry in document["pending"]] == [8]


async def test_an_aggregate_that_is_not_lost_takes_no_notice_of_its_own_events(
    outbox: Outbox[Counter],
) -> None:
    await outbox.create("c", begin(events=2), REPORTER)
    for sequence in (1, 2):
        assert not await outbox.take_up("c", Recall(9), EVENT, sequence=sequence)
    there = await outbox.get("c")
    assert (there.state.count, there.version) == (0, 1)


async def test_one_that_was_begun_anew_meanwhile_is_brought_to_where_it_stood(
    outbox: Outbox[Counter],
) -> None:
    await outbox.create("c", begin(events=1), REPORTER)
    assert await outbox.take_up("c", Recall(3), EVENT, sequence=4)
    after = await outbox.get("c")
    assert (after.state.count, after.sequence) == (3, 4)


async def test_replicas_that_take_up_the_same_at_once_do_it_once(world: World) -> None:
    replicas = [await opened(world.storage()) for _ in range(2)]
    done = await asyncio.gather(
        *(
            one.take_up("c", Recall(number), EVENT, sequence=number)
            for number in range(1, 9)
            for one in replicas
        )
    )
    last = await replicas[0].get("c")
    assert (last.state.count, last.sequence) == (8, 8)
    assert 1 <= sum(done) <= 8
    for one in replicas:
        await one.close()
