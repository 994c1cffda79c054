"""Consuming on real parts: a `Consumer` on Kafka and MongoDB."""

import asyncio
import itertools
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.admin import NewTopic
from aiokafka.structs import TopicPartition

from shared import kafka
from shared.clock import SystemClock
from shared.consume import Consumer, Timing
from shared.consume import letters as dead
from shared.consume.mongo_park import MongoPark
from shared.consume.reading import Effects
from shared.consume.record import RejectHook
from shared.mongo import connect
from tests.support.consume_probe import Message, contract_for
from tests.support.consume_worlds import DeadLetter, Stop, cancel

_numbers = itertools.count(1)
QUICK = Timing(look=0.5, answer=1.5, retry=0.2, longest_pause=0.5)


class RealWorld:
    """A `Consumer` on Kafka and MongoDB, with topics, a group and a database of the test's own."""

    def __init__(self, bootstrap: str, mongo_url: str, database: str, partitions: int = 2) -> None:
        self.group = f"probe-{os.getpid()}-{next(_numbers)}"
        self.topic = f"{self.group}.v1"
        self.bootstrap = bootstrap
        self.database = connect(mongo_url, database)
        self.facts, self.copies = self.database["facts"], self.database["copies"]
        self._partitions = partitions
        self._tasks: list[asyncio.Task[None]] = []
        self.consumers: list[Consumer] = []

    async def open(self) -> "RealWorld":
        """Create the topics."""
        admin = kafka.make_admin(self.bootstrap, client_id="tests")
        await kafka.start(admin)
        names = ((self.topic, self._partitions), (f"{self.group}.retry", 1), (f"{self.group}.dlt", 1))
        await admin.create_topics([NewTopic(name, count, 1) for name, count in names])
        await kafka.stop(admin)
        return self

    async def start(
        self, effects: Effects, rejects: Mapping[str, RejectHook] | None = None, poison_per_minute: int = 100
    ) -> Stop:
        consumer = Consumer(
            service=self.group,
            bootstrap=self.bootstrap,
            database=self.database,
            topics=[self.topic],
            effects=effects,
            clock=SystemClock(),
            rejects=rejects,
            poison_per_minute=poison_per_minute,
            contract_for=contract_for,
            timing=QUICK,
        )
        task = asyncio.create_task(consumer.run())
        self.consumers.append(consumer)
        self._tasks.append(task)
        return lambda: cancel(task)

    def status(self) -> Mapping[str, Any]:
        return self.consumers[-1].status()

    async def publish(self, messages: Sequence[Message]) -> None:
        producer = kafka.make_producer(self.bootstrap, client_id="tests")
        await kafka.start(producer)
        sent = [
            await producer.send(self.topic, key=m.key, value=m.value, headers=list(m.headers))
            for m in messages
        ]
        await asyncio.gather(*sent)
        await kafka.stop(producer)

    async def rows(self) -> dict[str, dict[str, Any]]:
        return {row["_id"]: row for row in await self.facts.find().to_list(None)}

    async def copied(self) -> dict[str, dict[str, Any]]:
        return {one["_id"]: one for one in await self.copies.find().to_list(None)}

    async def dead_letters(self) -> list[DeadLetter]:
        return [
            DeadLetter(one.reason, one.record.key, one.record.value, one.record.headers)
            for one in await dead.read(self.bootstrap, self.group)
        ]

    async def replay(self) -> int:
        fresh = [one for one in await dead.read(self.bootstrap, self.group) if not one.sent]
        return await dead.send(self.bootstrap, self.group, fresh, per_second=1000, told=lambda letter: None)

    async def skip(self, key: str) -> bool:
        return await MongoPark(self.database, self.group).ask_skip(key, datetime.now(UTC))

    async def parked(self) -> Mapping[str, int]:
        return await MongoPark(self.database, self.group).counts()

    async def all_consumed(self) -> bool:
        """Whether the committed offsets have reached the end of the topic."""
        admin = kafka.make_admin(self.bootstrap, client_id="tests")
        reader = kafka.make_reader(self.bootstrap, client_id="tests")
        await kafka.start(admin)
        await kafka.start(reader)
        try:
            committed = await admin.list_consumer_group_offsets(self.group)
            ends = await reader.end_offsets([TopicPartition(self.topic, n) for n in range(self._partitions)])
        finally:
            await kafka.stop(admin)
            await kafka.stop(reader)
        upto = {one: committed[one].offset if one in committed else 0 for one in ends}
        return any(ends.values()) and all(upto[one] >= end for one, end in ends.items())

    async def close(self) -> None:
        for task in self._tasks:
            await cancel(task)
        self.database.client.close()
