"""The relay: nothing lost, first deliveries in order and without gap, whatever fails between its steps."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.decision import Decision, Happened
from shared.errors import Unavailable
from shared.events import Event
from shared.outbox import Cause, Outbox, Relay, Storage, Timing
from shared.outbox.ports import LANES, EventLog
from tests.component.outbox.probe import Counter, begin, counters, fire, step
from tests.component.outbox.world import (
    Faulty,
    FaultyStorage,
    MemoryWorld,
    World,
    by_subject,
    first_deliveries,
)
from tests.support.waiting import eventually

REPORTER = Cause("reporter")
QUICK = Timing(lease=2.0, renew=0.25, wave=1.2, margin=0.2, again=0.2, poll=0.05, clocks=0.05, cluster=0.2)
Call = Callable[[], Awaitable[Any]]


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(relay.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


def relay_of(outbox: Outbox[Counter], log: EventLog, name: str = "r", **options: Any) -> Relay:
    return Relay([outbox], log, name, timing=QUICK, **options)


@pytest.fixture
async def outbox(world: World) -> AsyncIterator[Outbox[Counter]]:
    outbox = counters(world.storage(), SystemClock(), topic=world.topic)
    await outbox.prepare()
    await outbox.open()
    yield outbox
    await outbox.close()


async def write(outbox: Outbox[Counter], ids: Sequence[str], updates: int) -> dict[str, list[int]]:
    """Creates the aggregates and moves each; returns the sequences to expect on the log."""
    await asyncio.gather(*(outbox.create(id, begin(), REPORTER) for id in ids))
    for _ in range(updates):
        await asyncio.gather(*(outbox.update(id, step, REPORTER) for id in ids))
    return {id: list(range(1, updates + 2)) for id in ids}


async def pending_events(storage: Storage) -> int:
    return (await storage.aggregates("counters").backlog(range(LANES))).events


async def all_sent(world: World, storage: Storage) -> dict[str, list[int]]:
    async def none_left() -> bool:
        return await pending_events(storage) == 0

    await eventually(none_left, within=20)
    return by_subject(await world.records())


async def journaled(outbox: Outbox[Counter]) -> dict[str, list[int]]:
    entries, cursor = await outbox.journal.read(None, 50)
    events = [entry.event for entry in entries]
    while entries:
        entries, cursor = await outbox.journal.read(cursor, 50)
        events += [entry.event for entry in entries]
    return by_subject(events)


async def test_events_of_many_writers_arrive_once_and_in_order(world: World, outbox: Outbox[Counter]) -> None:
    async with running(relay_of(outbox, world.log())):
        expected = await write(outbox, [f"c{n}" for n in range(40)], updates=6)
        assert await all_sent(world, world.storage()) == expected
    assert await journaled(outbox) == expected
    assert {(await outbox.get(id)).version for id in expected} == {7}


async def test_two_relays_share_the_lanes_and_neither_repeats_nor_reorders(world: World) -> None:
    replicas = []
    for _ in range(2):
        replica = counters(world.storage(), SystemClock(), topic=world.topic)
        await replica.open()
        replicas.append(replica)
    relays = [relay_of(replica, world.log(), f"r{n}") for n, replica in enumerate(replicas)]
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


class Crash:
    """Before or after the first call of one kind the process is dead: that call and every later one fail."""

    def __init__(self, name: str, when: str) -> None:
        self._name, self._when = name, when
        self.dead = asyncio.Event()

    async def __call__(self, name: str, call: Call) -> Any:
        if name == self._name and self._when == "before":
            self.dead.set()
        if self.dead.is_set():
            raise Unavailable("dead")
        answer = await call()
        if name == self._name:
            self.dead.set()
            raise Unavailable("dead")
        return answer


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", ["pending", "produce", "append", "trim"])
async def test_a_relay_that_dies_at_any_step_loses_nothing(
    world: World, outbox: Outbox[Counter], point: str, when: str
) -> None:
    expected = await write(outbox, [f"c{n}" for n in range(12)], updates=3)
    crash = Crash(point, when)
    dying = counters(FaultyStorage(world.storage(), crash), SystemClock(), topic=world.topic)
    async with running(relay_of(dying, Faulty(world.log(), crash), "dying")):
        await asyncio.wait_for(crash.dead.wait(), 10)
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
    async with running(relay_of(slow, Faulty(world.log(), freeze), "slow")):
        await asyncio.wait_for(frozen.wait(), 10)
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


async def test_the_journal_is_read_on_from_a_cursor_without_skipping(
    world: World, outbox: Outbox[Counter]
) -> None:
    read: list[Event] = []
    cursor = None
    async with running(relay_of(outbox, world.log())):
        writing = asyncio.create_task(write(outbox, [f"c{n}" for n in range(40)], updates=4))
        while len(read) < 200:
            entries, cursor = await outbox.journal.read(cursor, 7, wait=5.0)
            assert entries
            read += [entry.event for entry in entries]
        expected = await writing
    assert by_subject(read) == expected
    assert await outbox.journal.read(cursor, 7) == ([], cursor)


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
