"""The relay when the event log refuses, falls silent, is down, or comes back empty."""

from datetime import datetime

import pytest

from shared.clock import SystemClock
from shared.decision import Decision, Happened
from tests.component.outbox.probe import Counter, counters, step
from tests.component.outbox.relays import REPORTER, all_sent, pending_events, relay_of, running, write
from tests.component.outbox.world import MemoryWorld, World, by_subject, first_deliveries
from tests.support.waiting import eventually


async def test_an_event_refused_for_good_sets_its_key_aside_and_the_others_go_on(world: World) -> None:
    outbox = counters(world.storage(), SystemClock(), topic=world.tight)
    await outbox.open()
    expected = await write(outbox, [f"c{n}" for n in range(30)], updates=2)

    def bulge(state: Counter, now: datetime) -> Decision[Counter]:
        return Decision(state, (Happened("probe.moved", {"filler": "x" * 150_000}),))

    await outbox.update("c7", bulge, REPORTER)
    await outbox.update("c7", step, REPORTER)
    relay = relay_of(outbox, world.log())
    async with running(relay):

        async def rest_is_sent() -> bool:
            return await pending_events(world.storage()) == 2 and relay.status()["set_aside"] == 1

        await eventually(rest_is_sent, within=20)
        expected |= await write(outbox, ["later"], updates=1)
        await eventually(rest_is_sent, within=20)
    await outbox.close()
    assert {
        id: first_deliveries(found) for id, found in by_subject(await world.records()).items()
    } == expected


async def test_a_wave_that_falls_silent_counts_its_acknowledged_prefix() -> None:
    world = MemoryWorld()
    outbox = counters(world.storage(), SystemClock())
    await outbox.open()
    expected = await write(outbox, ["a", "b", "c"], updates=4)
    world.cluster.acknowledges = 7
    async with running(relay_of(outbox, world.log())):
        await eventually(lambda: len(world.cluster.records) == 7)
        world.cluster.acknowledges = None
        assert await all_sent(world, world.storage()) == expected
    await outbox.close()


async def test_writes_go_on_while_the_log_is_down_and_all_arrive_after() -> None:
    world = MemoryWorld()
    outbox = counters(world.storage(), SystemClock())
    await outbox.open()
    world.cluster.down = True
    relay = relay_of(outbox, world.log())
    async with running(relay):
        expected = await write(outbox, [f"c{n}" for n in range(20)], updates=3)
        await eventually(lambda: relay.status()["broker"] == "away")
        world.cluster.down = False
        assert await all_sent(world, world.storage()) == expected
    await outbox.close()


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_wiped_cluster_gets_the_journal_again_before_anything_new(restarted: bool) -> None:
    world = MemoryWorld()
    outbox = counters(world.storage(), SystemClock())
    await outbox.open()
    before, after = relay_of(outbox, world.log()), relay_of(outbox, world.log())
    async with running(before):
        expected = await write(outbox, [f"c{n}" for n in range(20)], updates=3)
        await all_sent(world, world.storage())
        if not restarted:
            after = before
            world.cluster.wipe()
            await eventually(lambda: len(world.cluster.records) == 80)
    if restarted:
        world.cluster.wipe()
    for id in expected:
        await outbox.update(id, step, REPORTER)
        expected[id].append(5)
    async with running(after):
        assert await all_sent(world, world.storage()) == expected
    await outbox.close()
