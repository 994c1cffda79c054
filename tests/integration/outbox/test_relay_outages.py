"""The relay on a real MongoDB and a real Kafka that are killed, frozen and wiped under it."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.child import Child
from deploy.local.kafka import RunningKafka
from deploy.local.kafka import start as start_kafka
from deploy.local.mongod import RunningMongo
from deploy.local.ports import free_ports
from shared.clock import SystemClock
from shared.database_clock import DatabaseClock
from shared.errors import Unavailable
from shared.mongo import connect
from shared.outbox import Cause, Outbox, Relay, Timing
from shared.outbox.ports import LANES
from tests.component.outbox.probe import Counter, begin, counters, step
from tests.component.outbox.world import RealWorld, by_subject, first_deliveries
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually

REPORTER = Cause("reporter")
TIMING = Timing(lease=4.0, renew=0.3, wave=2.5, margin=0.3, again=0.3, poll=0.05, cluster=0.3)
IDS = [f"c{n}" for n in range(20)]


@asynccontextmanager
async def relayed(world: RealWorld) -> AsyncIterator[tuple[Outbox[Counter], Relay]]:
    """An outbox that takes in, and its relay at work."""
    outbox = counters(world.storage(), SystemClock(), topic=world.topic)
    await outbox.prepare()
    await outbox.open()
    relay = Relay([outbox], world.bootstrap, "r", timing=TIMING)
    task = asyncio.create_task(relay.run())
    try:
        yield outbox, relay
    finally:
        task.cancel()
        await asyncio.wait({task})
        await outbox.close()
        await world.close()


async def write(outbox: Outbox[Counter], ids: Sequence[str], updates: int) -> None:
    await asyncio.gather(*(outbox.create(id, begin(), REPORTER) for id in ids))
    for _ in range(updates):
        await asyncio.gather(*(outbox.update(id, step, REPORTER) for id in ids))


async def expected(outbox: Outbox[Counter], ids: Sequence[str]) -> dict[str, list[int]]:
    return {id: list(range(1, (await outbox.get(id)).sequence + 1)) for id in ids}


async def deliveries(world: RealWorld, outbox: Outbox[Counter]) -> dict[str, list[int]]:
    """First deliveries per aggregate, once nothing is pending any more."""

    async def none_left() -> bool:
        return (await outbox.store.backlog(range(LANES))).events == 0

    await eventually(none_left, within=40)
    return {id: first_deliveries(found) for id, found in by_subject(await world.records()).items()}


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_writes_go_on_while_kafka_is_away_and_all_arrive_in_order(
    private_kafka: Callable[[], RunningKafka], fresh_database: FreshDatabase, fault: str
) -> None:
    broker = await asyncio.to_thread(private_kafka)
    world = RealWorld(fresh_database.url, fresh_database.name, broker.bootstrap)
    await world.open()
    async with relayed(world) as (outbox, relay):
        await write(outbox, IDS, updates=2)
        getattr(broker, fault)()
        writing = [outbox.update(id, step, REPORTER) for id in IDS for _ in range(3)]
        await asyncio.gather(*writing, *(outbox.create(f"d{n}", begin(), REPORTER) for n in range(10)))
        await eventually(lambda: relay.status()["broker"] == "away", within=20)
        await asyncio.to_thread(broker.restart if fault == "kill" else broker.thaw)
        ids = [*IDS, *(f"d{n}" for n in range(10))]
        assert await deliveries(world, outbox) == await expected(outbox, ids)


async def test_a_cluster_that_came_back_empty_gets_the_journal_again_in_order(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    ports = free_ports(2)
    broker = await asyncio.to_thread(start_kafka, tmp_path, *ports)
    world = RealWorld(fresh_database.url, fresh_database.name, broker.bootstrap)
    try:
        await world.open()
        async with relayed(world) as (outbox, _):
            await write(outbox, IDS, updates=3)
            assert await deliveries(world, outbox) == await expected(outbox, IDS)
            broker.kill()
            await asyncio.to_thread(shutil.rmtree, tmp_path / "data")
            await asyncio.gather(*(outbox.update(id, step, REPORTER) for id in IDS))
            broker = await asyncio.to_thread(start_kafka, tmp_path, *ports)
            await world.open()
            assert await deliveries(world, outbox) == await expected(outbox, IDS)
    finally:
        broker.stop()


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_mongodb_away_is_told_within_five_seconds_and_loses_nothing(
    private_mongo: Callable[[], RunningMongo], kafka: RunningKafka | GivenKafka, fault: str
) -> None:
    mongod = await asyncio.to_thread(private_mongo)
    world = RealWorld(mongod.url_for("probe"), "probe", kafka.bootstrap)
    await world.open()
    accepted: list[str] = []

    async def create(outbox: Outbox[Counter], id: str) -> None:
        began = time.monotonic()
        try:
            await outbox.create(id, begin(), REPORTER)
            accepted.append(id)
        except Unavailable:
            assert time.monotonic() - began < 5

    async with relayed(world) as (outbox, _):
        await write(outbox, IDS, updates=2)
        creating = [asyncio.create_task(create(outbox, f"d{n}")) for n in range(200)]
        await eventually(lambda: any(task.done() for task in creating))
        getattr(mongod, fault)()
        creating += [asyncio.create_task(create(outbox, f"e{n}")) for n in range(50)]
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await outbox.update(IDS[0], step, REPORTER)
        assert time.monotonic() - began < 5
        await asyncio.gather(*creating)
        await asyncio.to_thread(mongod.restart if fault == "kill" else mongod.thaw)
        await eventually(lambda: answers(world), within=20)
        for id in IDS:
            await outbox.update(id, step, REPORTER)
        sent = await deliveries(world, outbox)
        assert {id: sent[id] for id in (*IDS, *accepted)} == await expected(outbox, [*IDS, *accepted])


async def answers(world: RealWorld) -> bool:
    database = connect(world.mongo_url, "probe")
    try:
        await DatabaseClock(database).ask()
        await database["lanes"].find_one({})
    except Unavailable:
        return False
    finally:
        database.client.close()
    return True


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Callable[[RealWorld, str], Child]]:
    """Starts relays as processes of their own."""
    started: list[Child] = []

    def begin_relay(world: RealWorld, name: str) -> Child:
        module = "tests.integration.outbox.relay_process"
        place = [world.mongo_url, world.database, world.bootstrap, world.topic]
        child = Child(name, [sys.executable, "-m", module, *place, name], log=tmp_path / f"{name}.log")
        started.append(child)
        return child

    yield begin_relay
    for child in started:
        child.kill()


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_a_relay_process_killed_or_frozen_under_load_leaves_order_and_events_whole(
    processes: Callable[[RealWorld, str], Child],
    fresh_database: FreshDatabase,
    kafka: RunningKafka | GivenKafka,
    fault: str,
) -> None:
    world = RealWorld(fresh_database.url, fresh_database.name, kafka.bootstrap)
    await world.open()
    outbox = counters(world.storage(), SystemClock(), topic=world.topic)
    await outbox.prepare()
    await outbox.open()
    victim, other = processes(world, "victim"), processes(world, "other")
    writing = asyncio.create_task(write(outbox, IDS, updates=60))

    async def some_arrived() -> bool:
        return len(await world.records()) > 100

    await eventually(some_arrived, within=30)
    getattr(victim, fault)()
    await writing
    sent = await deliveries(world, outbox)
    if fault == "freeze":
        victim.thaw()
        await write(outbox, ["late"], updates=20)
        sent = await deliveries(world, outbox)
    assert sent == await expected(outbox, [*IDS, "late"] if fault == "freeze" else IDS)
    assert other.exit_code() is None
    await outbox.close()
    await world.close()
