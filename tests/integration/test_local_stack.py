"""The real parts the other tests stand on: they start, keep their data, and keep services apart."""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.local import kafka as local_kafka
from deploy.local import mongod as local_mongod
from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.kafka import RunningKafka
from deploy.local.mongod import RunningMongo
from deploy.local.ports import claim, free_ports
from tests.support.stack import FreshDatabase
from tests.support.waiting import eventually_sync

Client = MongoClient[dict[str, object]]


def test_a_database_user_may_use_its_own_database_only(fresh_database: FreshDatabase) -> None:
    with Client(fresh_database.url) as client:
        client[fresh_database.name].notes.insert_one({"here": True})
        with pytest.raises(OperationFailure, match="not authorized"):
            client["tips"].notes.find_one()
        with pytest.raises(OperationFailure, match="not authorized"):
            client["analytics"].notes.insert_one({"there": True})


def test_a_killed_mongod_comes_back_with_its_data(private_mongo: Callable[[], RunningMongo]) -> None:
    running = private_mongo()
    with Client(running.url_for("tips")) as client:
        client.tips.notes.insert_one({"kept": True})
    running.kill()
    running.restart()
    with Client(running.url_for("tips")) as client:
        assert client.tips.notes.count_documents({"kept": True}) == 1


def test_three_members_of_a_set_go_on_without_their_primary(tmp_path: Path) -> None:
    running = local_mongod.start(tmp_path, *free_ports(3))
    try:
        with Client(running.url_for("tips")) as client:
            client.tips.notes.insert_one({"before": True})
            first = running.primary()
            first.child.kill()
            client.tips.notes.insert_one({"meanwhile": True})
            assert running.primary().number != first.number
            running.restart()
            running.step_down()
            assert client.tips.notes.count_documents({}) == 2
    finally:
        running.stop()


async def test_three_kafka_nodes_go_on_without_one(tmp_path: Path) -> None:
    ports = free_ports(6)
    running = await asyncio.to_thread(
        local_kafka.start_cluster, tmp_path, list(zip(ports[:3], ports[3:], strict=True))
    )
    try:
        admin = AIOKafkaAdminClient(bootstrap_servers=running.bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic("kept", 3, 3)])
        await admin.close()
        async with AIOKafkaProducer(bootstrap_servers=running.bootstrap, acks="all") as producer:
            await producer.send_and_wait("kept", b"before", b"key")
            running.nodes[0].kill()
            for number in range(6):
                await producer.send_and_wait("kept", b"meanwhile", str(number).encode())
    finally:
        running.stop()


async def test_a_killed_kafka_comes_back_with_its_data(private_kafka: Callable[[], RunningKafka]) -> None:
    running = private_kafka()
    admin = AIOKafkaAdminClient(bootstrap_servers=running.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=running.bootstrap, acks="all") as producer:
        await producer.send_and_wait("kept", b"value", b"key")
    running.kill()
    running.restart()
    options = {"bootstrap_servers": running.bootstrap, "auto_offset_reset": "earliest"}
    async with AIOKafkaConsumer("kept", **options) as consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"key", b"value")


def test_a_taken_port_is_named_with_what_to_do(private_mongo: Callable[[], RunningMongo]) -> None:
    running = private_mongo()
    sentence = rf"Port {running.port} \(mongod\) is in use.*LIENGIA_PORT_MONGO=<port>"
    with pytest.raises(CannotStart, match=sentence):
        claim(running.port, "mongod", "LIENGIA_PORT_MONGO")


def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    started: list[Child] = []
    command = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    starter = threading.Thread(target=lambda: started.append(Child("sleeper", command, log=tmp_path / "log")))
    starter.start()
    starter.join()
    (child,) = started
    try:
        eventually_sync(lambda: "up" in child.log.read_text())
        assert child.exit_code() is None
    finally:
        child.stop()
