"""The two worlds in which the outbox must behave the same: in memory, and on a real MongoDB and a real
Kafka."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.admin import NewTopic

from shared import kafka
from shared.events import Event, from_kafka
from shared.mongo import connect
from shared.outbox import Storage
from shared.outbox.mongo_store import MongoStorage
from shared.outbox.ports import EventLog
from shared.outbox.publisher import KafkaLog
from tests.support.memory_log import MemoryCluster, MemoryLog
from tests.support.memory_outbox import MemoryStorage

PARTITIONS = 4
TIGHT_BYTES = 100_000


class World(Protocol):
    topic: str
    tight: str  # a topic that takes no record over `TIGHT_BYTES`

    def storage(self) -> Storage:
        """A handle on the one database, as every replica has its own."""

    def log(self) -> EventLog:
        """A connection to the one event log, as every relay has its own."""

    async def records(self) -> Sequence[Event]:
        """Everything on the log; per key in the order of the log."""

    async def close(self) -> None: ...


class MemoryWorld:
    topic, tight = "probe", "tight"

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self.cluster = MemoryCluster()
        self.cluster.refuses = lambda event: len(str(event.data)) > TIGHT_BYTES

    def storage(self) -> Storage:
        return self._storage

    def log(self) -> EventLog:
        return MemoryLog(self.cluster)

    async def records(self) -> Sequence[Event]:
        return list(self.cluster.records)

    async def close(self) -> None:
        return None


class RealWorld:
    def __init__(self, mongo_url: str, database: str, bootstrap: str) -> None:
        self.mongo_url, self.database, self.bootstrap = mongo_url, database, bootstrap
        self.topic = f"probe-{uuid.uuid4().hex[:12]}"
        self.tight = f"{self.topic}-tight"
        self._databases: list[Any] = []
        self._logs: list[KafkaLog] = []

    async def open(self) -> None:
        admin = kafka.make_admin(self.bootstrap, client_id="probe")
        await kafka.start(admin)
        narrow = {"max.message.bytes": str(TIGHT_BYTES)}
        await admin.create_topics(
            [
                NewTopic(self.topic, num_partitions=PARTITIONS, replication_factor=1),
                NewTopic(self.tight, num_partitions=PARTITIONS, replication_factor=1, topic_configs=narrow),
            ]
        )
        await kafka.stop(admin)

    def storage(self) -> Storage:
        self._databases.append(connect(self.mongo_url, self.database))
        return MongoStorage(self._databases[-1])

    def log(self) -> EventLog:
        self._logs.append(KafkaLog(self.bootstrap, client_id="probe"))
        return self._logs[-1]

    async def records(self) -> Sequence[Event]:
        return [
            event for topic in (self.topic, self.tight) for event in await read_topic(self.bootstrap, topic)
        ]

    async def close(self) -> None:
        for log in self._logs:
            await log.abort()
        for database in self._databases:
            database.client.close()


async def read_topic(bootstrap: str, topic: str) -> list[Event]:
    """The whole topic from its beginning to its present end."""
    reader = kafka.make_reader(bootstrap, client_id="probe-reader")
    await kafka.start(reader)
    try:
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        events: list[Event] = []
        while any([await reader.position(partition) < end for partition, end in ends.items()]):
            for records in (await reader.getmany(timeout_ms=200)).values():
                events += [from_kafka(one.key, one.value, one.headers) for one in records]
        return events
    finally:
        await kafka.stop(reader)


def by_subject(events: Iterable[Event]) -> dict[str, list[int]]:
    """The sequences on the log, per aggregate, in the order of the log."""
    sequences: dict[str, list[int]] = defaultdict(list)
    for event in events:
        sequences[event.subject].append(event.sequence or 0)
    return dict(sequences)


def first_deliveries(sequences: Iterable[int]) -> list[int]:
    """What a consumer that drops by sequence lets through."""
    highest, through = 0, []
    for sequence in sequences:
        if sequence > highest:
            highest = sequence
            through.append(sequence)
    return through
