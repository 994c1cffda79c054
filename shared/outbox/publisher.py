"""Kafka as an event log: one idempotent producer at a time, thrown away after any failed send.

Measured: a producer with a failed batch answers OutOfOrderSequence on that partition until it is recreated,
and its `stop` goes on delivering. So a wave has one deadline; then the acknowledged prefix of each document
counts, the producer is aborted and the next wave gets a new one.
"""

import asyncio
import logging
import re
from collections.abc import Collection, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnsupportedForMessageFormatError,
)

from shared import kafka
from shared.errors import Unavailable
from shared.events import to_kafka
from shared.outbox.ports import Failure, Outgoing, Sent

log = logging.getLogger(__name__)

_TOPIC_NAME = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}")
_FINAL = (
    MessageSizeTooLargeError,
    NodeNotReadyError,
    RecordListTooLargeError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
    UnsupportedForMessageFormatError,
    CorruptRecordException,
)
_TOPIC_SECONDS = 0.5

Acknowledgement = asyncio.Future[object]


class KafkaLog:
    """`bootstrap`: comma-separated host:port. Connects when first asked for something."""

    def __init__(self, bootstrap: str, *, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None

    async def cluster(self) -> str:
        producer = await self._connected()
        try:
            return await kafka.cluster_of(producer)
        except Unavailable:
            await self.abort()
            raise

    async def missing(self, topics: Collection[str]) -> set[str]:
        producer = await self._connected()
        absent: set[str] = set()
        for topic in topics:
            if not _TOPIC_NAME.fullmatch(topic):
                continue  # `produce` refuses it
            try:
                async with asyncio.timeout(_TOPIC_SECONDS):
                    await producer.partitions_for(topic)
            except (KafkaError, TimeoutError):
                absent.add(topic)
        return absent

    async def produce(self, wave: Sequence[Sequence[Outgoing]], *, seconds: float) -> Sequence[Sent]:
        waiting: list[list[Acknowledgement]] = [[] for _ in wave]
        refused: set[int] = set()
        try:
            async with asyncio.timeout(seconds):
                await self._send(await self._connected(), wave, waiting, refused)
                await asyncio.wait([one for each in waiting for one in each] or [_nothing()])
        except (KafkaError, OSError, TimeoutError, Unavailable) as error:
            log.info("a wave was not sent in full", extra={"kind": type(error).__name__})
        alone = sum(map(len, wave)) == 1
        sent = [
            _outcome(events, futures, number in refused, alone)
            for number, (events, futures) in enumerate(zip(wave, waiting, strict=True))
        ]
        if any(one.failure is not None and number not in refused for number, one in enumerate(sent)):
            await self.abort()
        return sent

    async def abort(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await kafka.abort(producer)

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = kafka.make_producer(self._bootstrap, client_id=self._client_id)
            await kafka.start(producer, within=kafka.ASK_SECONDS)
            self._producer = producer
        return self._producer

    async def _send(
        self,
        producer: AIOKafkaProducer,
        wave: Sequence[Sequence[Outgoing]],
        waiting: list[list[Acknowledgement]],
        refused: set[int],
    ) -> None:
        # Nothing but the sends is awaited here: a pause would tear the wave into many small batches.
        for number, events in enumerate(wave):
            for outgoing in events:
                try:
                    if not _TOPIC_NAME.fullmatch(outgoing.topic):
                        raise InvalidTopicError
                    key, value, headers = to_kafka(outgoing.event)
                    waiting[number].append(
                        await producer.send(outgoing.topic, value, key=key, headers=headers)
                    )
                except (MessageSizeTooLargeError, InvalidTopicError, TypeError, ValueError):
                    # Refused before it was queued, so the producer is sound; what follows in the document
                    # waits.
                    refused.add(number)
                    break


def _outcome(
    events: Sequence[Outgoing], futures: Sequence[Acknowledgement], refused: bool, alone: bool
) -> Sent:
    for acknowledged, future in enumerate(futures):
        if not future.done():
            return Sent(acknowledged, Failure.AGAIN)
        error = None if future.cancelled() else future.exception()
        if error is not None or future.cancelled():
            if isinstance(error, _FINAL):
                return Sent(acknowledged, Failure.REFUSED if alone else Failure.SUSPECT)
            return Sent(acknowledged, Failure.AGAIN)
    if len(futures) == len(events):
        return Sent(len(futures))
    return Sent(len(futures), Failure.REFUSED if refused else Failure.AGAIN)


def _nothing() -> Acknowledgement:
    done: Acknowledgement = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done
