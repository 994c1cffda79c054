"""Dead letters: the original bytes, key and headers, with reason and origin, on `<group>.dlt`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from typing import Protocol, cast

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared import kafka
from shared.consume.record import Headers, Record, Rejected
from shared.contracts.topics import dead_letter_topic
from shared.errors import Unavailable

REASON = "x-reason"
ORIGIN_TOPIC = "x-origin-topic"
ORIGIN_PARTITION = "x-origin-partition"
ORIGIN_OFFSET = "x-origin-offset"
FAILED_AT = "x-failed-at"
EMPTY = "x-empty"  # "key,value": the original had neither, which aiokafka cannot send
BODY_LEFT = (
    "x-body-left-at-origin"  # with our headers it would pass the size limit; the origin still holds it
)
SENT_FROM = "x-dead-letter"  # on replayed records: where on the dead-letter topic it stood
RESERVED = frozenset(
    {REASON, ORIGIN_TOPIC, ORIGIN_PARTITION, ORIGIN_OFFSET, FAILED_AT, EMPTY, BODY_LEFT, SENT_FROM}
)
_WAVE_SECONDS = 7.0


class DeadLetters(Protocol):
    """Where records go that can never be processed."""

    async def send(self, rejected: Sequence[Rejected]) -> None:
        """Return once every one is safely kept. Raises Unavailable when any is not."""
        ...


class KafkaDeadLetters:
    """`<group>.dlt`. The producer is made at the first dead letter; one that failed is never used again."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._topic = dead_letter_topic(group)
        self._producer: AIOKafkaProducer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def send(self, rejected: Sequence[Rejected]) -> None:
        async with self._one_at_a_time:
            producer = await self._started()
            try:
                async with asyncio.timeout(_WAVE_SECONDS):
                    waiting = [await _post(producer, self._topic, one) for one in rejected]
                    await asyncio.gather(*waiting)
            except (KafkaError, OSError, TimeoutError) as error:
                self._producer = None
                await kafka.abort(producer)
                raise Unavailable("dead letters were not acknowledged", code="kafka_unavailable") from error

    async def close(self) -> None:
        if self._producer is not None:
            await kafka.stop(self._producer)
            self._producer = None

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = kafka.make_producer(self._bootstrap, client_id=f"{self._group}-dead-letters")
            await kafka.start(producer)
            self._producer = producer
        return self._producer


def envelope(rejected: Rejected) -> tuple[bytes | None, bytes | None, Headers]:
    """Key, value and headers of a dead letter."""
    record = rejected.record
    headers: list[tuple[str, bytes | None]] = [
        *original_headers(record),
        (REASON, rejected.reason.encode()),
        (ORIGIN_TOPIC, record.topic.encode()),
        (ORIGIN_PARTITION, str(record.partition).encode()),
        (ORIGIN_OFFSET, str(record.offset).encode()),
        (FAILED_AT, rejected.at.astimezone(UTC).isoformat().encode()),
    ]
    if record.key is None and record.value is None:
        return b"", None, (*headers, (EMPTY, b"key,value"))
    return record.key, record.value, tuple(headers)


def original_headers(record: Record) -> Headers:
    """The headers without ours: those of an earlier round would contradict the new ones."""
    return tuple((name, value) for name, value in record.headers if name not in RESERVED)


async def _post(producer: AIOKafkaProducer, topic: str, rejected: Rejected) -> "asyncio.Future[object]":
    key, value, headers = envelope(rejected)
    try:
        sent = await producer.send(topic, key=key, value=value, headers=list(headers))
    except MessageSizeTooLargeError:
        head = [*headers, (BODY_LEFT, b"true")]
        sent = await producer.send(topic, key=key, value=b"", headers=head)
    return cast("asyncio.Future[object]", sent)  # aiokafka is not typed
