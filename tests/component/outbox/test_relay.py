"""The relay: nothing lost, first deliveries in order and without gap, whatever fails between its steps."""

import asyncio
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.outbox import Outbox
from shared.outbox.ports import LANES
from tests.component.outbox.faults import Call, Crash, Faulty, FaultyStorage
from tests.component.outbox.probe import Counter, counters, step
from tests.component.outbox.relays import BRIEF, REPORTER, all_sent, journaled, relay_of, running, write
from tests.component.outbox.world import World, by_subject, first_deliveries
from tests.support.waiting import eventually, in_time


async def test_events_of_many_writers_arrive_once_and_in_order(world: World, outbox: Outbox[Counter]) -> None:
    async with running(relay_of(outbox, world.log())):
        expected = await write(outbox, [f"c{n}" for n in range(40)], updates=6)
        assert await all_sent(world, world.storage()) == expected
    assert await journaled(outbox) == expected
    assert {(await outbox.get(id)).version for id in expected} == {7}


async def test_no_more_is_read_of_a_long_backlog_than_a_wave_takes(
    world: World, outbox: Outbox[Counter]
) -> None:
    expected = await write(outbox, [f"c{n}" for n in range(8)], updates=14)
    found = await outbox.store.pending(range(LANES), limit=500, events=40, without=["c3"])
    assert 40 <= sum(len(one.pending) for one in found) <= 54
    for one in found:
        assert one.id != "c3"
        assert [entry["sequence"] for entry in one.pending] == expected[one.id][: len(one.pending)]


@pytest.mark.parametrize("names", [("r0", "r1"), ("twin", "twin")], ids=["named apart", "named alike"])
async def test_two_relays_share_the_lanes_and_neither_repeats_nor_reorders(
    world: World, names: tuple[str, str]
) -> None:
    replicas = []
    for _ in range(2):
        replica = counters(world.storage(), SystemClock(), topic=world.topic)
        await replica.open()
        replicas.append(replica)
    relays = [relay_of(replica, world.log(), name) for replica, name in zip(replicas, names, strict=True)]
    async with running(relays[0]):
        await write(replicas[0], [f"a{n}" for n in range(20)], updates=2)
        async with running(relays[1]):
            halves = await asyncio.gather(
                write(replicas[0], [f"b{n}" for n in range(20)], updates=5),
                write(replicas[1], [f"c{n}" for n in range(20)], updates=5),
            )
            await eventually(lambda: [relay.status()["lanes"] for relay in relays] == [8, 8])
            sent = await all_sent(world, world.storage())
        await eventually(lambda: relays[0].status()["lanes"] == LANES)
    assert {id: sequences for id, sequences in sent.items() if id[0] != "a"} == halves[0] | halves[1]
    for replica in replicas:
        await replica.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", ["pending", "produce", "append", "trim"])
async def test_a_relay_that_dies_at_any_step_loses_nothing(
    world: World, outbox: Outbox[Counter], point: str, when: str
) -> None:
    expected = await write(outbox, [f"c{n}" for n in range(12)], updates=3)
    crash = Crash(point, when)
    dying = counters(FaultyStorage(world.storage(), crash), SystemClock(), topic=world.topic)
    async with running(relay_of(dying, Faulty(world.log(), crash), "dying", BRIEF)):
        await in_time(crash.dead.wait(), 10)
    async with running(relay_of(outbox, world.log(), "next")):
        sent = await all_sent(world, world.storage())
    assert {id: first_deliveries(sequences) for id, sequences in sent.items()} == expected
    assert {id: first_deliveries(found) for id, found in (await journaled(outbox)).items()} == expected


@pytest.mark.parametrize("point", ["produce", "append", "trim"])
async def test_a_relay_frozen_past_its_lease_and_thawed_does_no_harm(
    world: World, outbox: Outbox[Counter], point: str
) -> None:
    """Frozen as by SIGSTOP: none of its calls goes on, its heartbeat neither."""
    thawed, frozen = asyncio.Event(), asyncio.Event()

    async def freeze(name: str, call: Call) -> Any:
        if name == point:
            frozen.set()
        if frozen.is_set():
            await thawed.wait()
        return await call()

    expected = await write(outbox, [f"c{n}" for n in range(12)], updates=2)
    slow = counters(FaultyStorage(world.storage(), freeze), SystemClock(), topic=world.topic)
    async with running(relay_of(slow, Faulty(world.log(), freeze), "slow", BRIEF)):
        await in_time(frozen.wait(), 10)
        async with running(relay_of(outbox, world.log(), "next")):
            await all_sent(world, world.storage())
            more = [f"d{n}" for n in range(12)]
            expected |= await write(outbox, more, updates=2)
            thawed.set()
            await asyncio.gather(*(outbox.update(id, step, REPORTER) for id in more))
            expected |= {id: [1, 2, 3, 4] for id in more}
            await all_sent(world, world.storage())
    sent = by_subject(await world.records())
    assert {id: first_deliveries(sequences) for id, sequences in sent.items()} == expected
    assert {id: first_deliveries(found) for id, found in (await journaled(outbox)).items()} == expected


async def test_a_database_away_at_the_trim_makes_no_repeat(world: World, outbox: Outbox[Counter]) -> None:
    failures = 3

    async def fail(name: str, call: Call) -> Any:
        nonlocal failures
        if name == "trim" and failures:
            failures -= 1
            raise Unavailable("away")
        return await call()

    faulty = counters(FaultyStorage(world.storage(), fail), SystemClock(), topic=world.topic)
    expected = await write(outbox, ["a", "b"], updates=2)
    async with running(relay_of(faulty, world.log())):
        assert await all_sent(world, world.storage()) == expected


async def test_a_relay_that_cannot_renew_stops_before_another_begins(
    world: World, outbox: Outbox[Counter]
) -> None:
    cut_off = asyncio.Event()
    waves = 0

    async def no_heartbeat(name: str, call: Call) -> Any:
        nonlocal waves
        waves += name == "produce"
        if cut_off.is_set() and name in ("renew", "announce", "take", "release"):
            raise Unavailable("away")
        return await call()

    lonely = counters(FaultyStorage(world.storage(), no_heartbeat), SystemClock(), topic=world.topic)
    await lonely.open()
    relay = relay_of(lonely, Faulty(world.log(), no_heartbeat), "lonely", BRIEF)
    async with running(relay):
        expected = await write(lonely, [f"a{n}" for n in range(12)], updates=1)
        assert await all_sent(world, world.storage()) == expected
        cut_off.set()
        await eventually(lambda: relay.status()["lanes"] == 0)
        waves = 0
        async with running(relay_of(outbox, world.log(), "next")):
            expected |= await write(lonely, [f"b{n}" for n in range(20)], updates=3)
            assert await all_sent(world, world.storage()) == expected
    await lonely.close()
    assert waves == 0
