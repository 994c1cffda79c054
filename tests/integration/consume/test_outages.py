"""A part goes away under the consumer: nothing is dead-lettered, nothing is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local import kafka as local_kafka
from deploy.local.kafka import RunningKafka
from deploy.local.mongod import RunningMongo
from deploy.local.ports import free_ports
from shared.consume import Facts, Projection, Record
from shared.events import Event
from tests.support.consume_probe import SEEN, copy, message, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually

MakeMongo = Callable[[], RunningMongo]
MakeKafka = Callable[[], RunningKafka]


@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_with_mongodb_away_for_a_while_every_event_takes_effect(
    kafka: RunningKafka | GivenKafka, private_mongo: MakeMongo, fault: str
) -> None:
    mongod = await asyncio.to_thread(private_mongo)
    world = await RealWorld(kafka.bootstrap, mongod.url_for("away"), "away").open()
    await world.start({SEEN: [Facts(world.facts, row), Projection(world.copies, copy)]})
    await world.publish([message(f"probe_{n}", 1) for n in range(50)])

    async def stored(count: int) -> bool:
        return len(await world.rows()) == count

    await eventually(lambda: stored(50), within=20)
    await asyncio.to_thread(mongod.kill if fault == "killed" else mongod.freeze)
    await world.publish([message(f"probe_{n}", number) for number in (2, 3) for n in range(50)])
    await eventually(lambda: world.status()["state"] == "away", within=20)
    await asyncio.to_thread(mongod.restart if fault == "killed" else mongod.thaw)
    await eventually(lambda: stored(150), within=40)
    await eventually(lambda: world.status()["state"] == "running", within=20)
    assert {one["sequence"] for one in (await world.copied()).values()} == {3}
    assert await world.dead_letters() == []
    await world.close()


@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_with_kafka_away_for_a_while_every_event_takes_effect(
    private_kafka: MakeKafka, fresh_database: FreshDatabase, fault: str
) -> None:
    broker = await asyncio.to_thread(private_kafka)
    world = await RealWorld(broker.bootstrap, fresh_database.url, fresh_database.name).open()
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", 1)])

    async def stored(count: int) -> bool:
        return len(await world.rows()) == count

    await eventually(lambda: stored(1), within=30)
    await asyncio.to_thread(broker.kill if fault == "killed" else broker.freeze)
    await eventually(lambda: world.status()["state"] == "away", within=30)
    await asyncio.to_thread(broker.restart if fault == "killed" else broker.thaw)
    await world.publish([message("probe_a", 2)])
    await eventually(lambda: stored(2), within=60)
    await eventually(lambda: world.status()["state"] == "running", within=20)
    assert await world.dead_letters() == []
    await world.close()


async def test_a_consumer_started_before_kafka_and_its_topics_waits_for_both(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    port, controller = free_ports(2)
    world = RealWorld(f"127.0.0.1:{port}", fresh_database.url, fresh_database.name)
    await world.start({SEEN: [Facts(world.facts, row)]})
    await eventually(lambda: world.status()["state"] == "away", within=20)
    broker = await asyncio.to_thread(local_kafka.start, tmp_path / "late", port, controller)
    try:
        await eventually(lambda: "topics are missing" in world.status()["detail"], within=30)
        await world.open()
        await world.publish([message("probe_a", 1)])

        async def stored() -> bool:
            return len(await world.rows()) == 1

        await eventually(stored, within=30)
        await eventually(lambda: world.status()["lag"].get(f"{world.topic}/0") == 0, within=20)
    finally:
        await world.close()
        await asyncio.to_thread(broker.stop)


async def test_a_cluster_that_came_back_empty_is_joined_anew(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    ports = free_ports(2)
    first = await asyncio.to_thread(local_kafka.start, tmp_path / "first", *ports)
    world = await RealWorld(first.bootstrap, fresh_database.url, fresh_database.name).open()
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", number) for number in (1, 2, 3)])

    async def stored(count: int) -> bool:
        return len(await world.rows()) == count

    await eventually(lambda: stored(3), within=30)
    await asyncio.to_thread(first.kill)
    second = await asyncio.to_thread(local_kafka.start, tmp_path / "second", *ports)
    try:
        await world.open()
        await world.publish([message("probe_a", 3), message("probe_a", 4)])
        await eventually(lambda: stored(4), within=60)
    finally:
        await world.close()
        await asyncio.to_thread(second.stop)


async def test_nothing_of_the_new_cluster_is_taken_for_what_stood_there_on_the_old_one(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    """aiokafka goes on under its old positions: records before them would be passed over, and those after
    them kept under a place on a cluster that never had them.
    """

    def placed(event: Event, record: Record) -> list[dict[str, Any]]:
        return [{"cluster": record.cluster, "offset": record.offset}]

    ports = free_ports(2)
    first = await asyncio.to_thread(local_kafka.start, tmp_path / "first", *ports)
    world = await RealWorld(first.bootstrap, fresh_database.url, fresh_database.name, partitions=1).open()
    await world.start({SEEN: [Facts(world.facts, placed)]})
    await world.publish([message("probe_a", number) for number in (1, 2, 3)])

    async def stored(count: int) -> bool:
        return len(await world.rows()) == count

    await eventually(lambda: stored(3), within=30)
    await asyncio.to_thread(first.kill)
    second = await asyncio.to_thread(local_kafka.start, tmp_path / "second", *ports)
    try:
        await world.open()
        await world.publish([message("probe_b", number) for number in range(1, 9)])
        await eventually(lambda: stored(11), within=60)
        rows = await world.rows()
    finally:
        await world.close()
        await asyncio.to_thread(second.stop)
    old = rows["probe_a:1"]["cluster"]
    fresh = [rows[f"probe_b:{number}"] for number in range(1, 9)]
    assert [one["offset"] for one in fresh] == list(range(8))
    assert old not in {one["cluster"] for one in fresh}
