"""Kafka clients begin and end in time, whatever the broker does."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka.admin import NewTopic

from deploy.local.kafka import RunningKafka
from shared import kafka
from shared.consume.subscription import Subscription
from shared.errors import Unavailable
from tests.support.waiting import eventually


async def test_a_client_of_a_broker_that_is_not_there_is_refused() -> None:
    with pytest.raises(Unavailable):
        await kafka.start(kafka.make_producer("127.0.0.1:1", client_id="tests"))
    with pytest.raises(Unavailable):
        await kafka.cluster_id("127.0.0.1:1")


async def test_clients_of_a_frozen_broker_begin_and_end_in_time(
    private_kafka: Callable[[], RunningKafka],
) -> None:
    broker = await asyncio.to_thread(private_kafka)
    running = kafka.make_producer(broker.bootstrap, client_id="tests")
    stopping = kafka.make_producer(broker.bootstrap, client_id="tests")
    await kafka.start(running)
    await kafka.start(stopping)
    assert await kafka.partitions(broker.bootstrap, "of-nobody") == []
    await asyncio.to_thread(broker.freeze)
    async with asyncio.timeout(20):
        with pytest.raises(Unavailable):
            await kafka.start(kafka.make_producer(broker.bootstrap, client_id="tests"), within=1)
        with pytest.raises(Unavailable):
            await kafka.look(broker.bootstrap, ["of-nobody"], within=1)
        await kafka.abort(running)
        await kafka.stop(stopping, within=1)
    await asyncio.to_thread(broker.thaw)


async def test_a_consumer_stopped_without_its_broker_leaves_nothing_running(
    private_kafka: Callable[[], RunningKafka],
) -> None:
    """Else every attempt during an outage would leave a client that tries for ever."""
    broker = await asyncio.to_thread(private_kafka)
    admin = kafka.make_admin(broker.bootstrap, client_id="tests")
    await kafka.start(admin)
    await admin.create_topics([NewTopic("left", 2, 1)])
    await kafka.stop(admin)
    before = asyncio.all_tasks()
    subscription = Subscription(
        bootstrap=broker.bootstrap,
        cluster="",
        group="left",
        topics=["left"],
        handle=_nothing,
        failed=_nothing,
        moved=lambda: None,
        on_unreadable=lambda topic, partition, offset: None,
    )
    await subscription.start()
    await eventually(lambda: subscription.lag(4), within=30)
    await asyncio.to_thread(broker.kill)
    with pytest.raises(Unavailable):
        await subscription.lag(1)
    await subscription.stop()
    await eventually(lambda: asyncio.all_tasks() <= before)


async def _nothing(given: object) -> None:
    return None
