"""Due clocks: a mark fires once, and no aggregate holds up another."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.outbox import Cause
from tests.component.outbox.probe import begin, counters, fire
from tests.component.outbox.relays import REPORTER, all_sent, relay_of, running
from tests.component.outbox.world import World
from tests.support.waiting import eventually


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


async def test_a_due_mark_fires_once_although_two_believe_they_own_it(world: World) -> None:
    watch = Watch()
    due = watch.time + timedelta(hours=1)
    replicas = [counters(world.storage(), watch, topic=world.topic) for _ in range(2)]
    fired = 0

    async def tick_by_both(id: str) -> None:
        nonlocal fired
        await asyncio.gather(*(replica.update(id, fire, Cause("system:clock")) for replica in replicas))
        fired += 1

    await replicas[0].open()
    for n in range(6):
        await replicas[0].create(f"c{n}", begin(due=due), REPORTER)
    ticks = {"counters": tick_by_both}
    async with running(relay_of(replicas[0], world.log(), "r0", tick=ticks)):
        await all_sent(world, world.storage())
        assert fired == 0
        watch.time = due
        await eventually(lambda: fired == 6)
        sent = await all_sent(world, world.storage())
    await replicas[0].close()
    assert sent == {f"c{n}": [1, 2] for n in range(6)}
    assert (await replicas[1].get("c0")).state.status == "fired"


async def test_a_tick_that_fails_does_not_hold_up_the_others(world: World) -> None:
    watch = Watch()
    outbox = counters(world.storage(), watch, topic=world.topic)
    await outbox.open()
    for id in ("a", "b", "c"):
        await outbox.create(id, begin(due=watch.time), REPORTER)

    async def tick(id: str) -> None:
        if id == "a":
            raise ValueError(id)
        await outbox.update(id, fire, Cause("system:clock"))

    async with running(relay_of(outbox, world.log(), tick={"counters": tick})):

        async def others_fired() -> bool:
            return [(await outbox.get(id)).state.status for id in ("b", "c")] == ["fired", "fired"]

        await eventually(others_fired)
    await outbox.close()
