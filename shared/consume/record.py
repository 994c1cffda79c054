"""A Kafka record as it came: bytes, where it was, and what we say about one that cannot be processed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka.structs import ConsumerRecord

SKIPPED = "skipped"  # the reason of what an operator gave up; every other reason is poison
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One record, untouched. `at` is Kafka's timestamp (aware, UTC).

    `cluster` is the id of the cluster it came from, empty where nobody asked: an offset means something only
    beside it, since a cluster that was lost and came back empty counts from 0 again.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    at: datetime
    cluster: str = ""

    @property
    def place(self) -> str:
        """Where it stood, `topic/partition/offset`: enough to find it again, and nothing of its content."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was given up. `reason` is a stable code (`not_json`, `schema`, …), never a value of the
    record.
    """

    record: Record
    reason: str
    at: datetime


RejectHook = Callable[[Rejected], Awaitable[bool]]
"""Whether it kept the record. False: it is not the hook's to keep, and is dead-lettered like any other."""


def from_kafka_record(record: "ConsumerRecord[bytes, bytes]", cluster: str = "") -> Record:
    """Take over what aiokafka delivered."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        at=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
        cluster=cluster,
    )
