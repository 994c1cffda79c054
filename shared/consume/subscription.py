"""One connection of a consumer group to one cluster: a FastStream batch subscriber, set up as measured.

docs/decisions/poison-park-dead-letter.md says what it is for: with FastStream's defaults one bad header
loses and commits a whole batch, a failed batch is committed, and a join or leave repeats records.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared import kafka
from shared.consume.intake import Intake
from shared.consume.record import Record, from_kafka_record
from shared.errors import Unavailable

log = logging.getLogger(__name__)

BARRIER_SECONDS = 10.0
BATCH_RECORDS = 1000
_STOP_SECONDS = 20.0
_RETRY_BACKOFF_MS = 500  # at the default of 100 a consumer without its broker writes 80 log lines a second

Handle = Callable[[Sequence[Record]], Awaitable[None]]


class Subscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """`handle` gets every batch; when it returns the batch is committed, when it raises the batch comes
    again as soon as `failed(error)` has returned. `moved()` tells of a new assignment. Only records of
    `cluster` are handed on.
    """

    def __init__(
        self,
        *,
        bootstrap: str,
        cluster: str,
        group: str,
        topics: Sequence[str],
        handle: Handle,
        failed: Callable[[Exception], Awaitable[None]],
        moved: Callable[[], None],
        on_unreadable: Callable[[str, int, int], None],
    ) -> None:
        self._cluster = cluster
        self._handle = handle
        self._failed = failed
        self._moved = moved
        self._on_unreadable = on_unreadable
        self._idle = asyncio.Event()
        self._idle.set()
        self._broker = _broker(bootstrap, group)
        self._subscriber = self._broker.subscriber(
            *topics,
            group_id=group,
            batch=True,
            batch_timeout_ms=20,
            max_records=BATCH_RECORDS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
            listener=self,
            parser=_parse_without_headers,
            decoder=_as_it_came,
            session_timeout_ms=6000,
            heartbeat_interval_ms=1000,
            rebalance_timeout_ms=30000,
        )
        self._subscriber(self._consume)

    async def start(self) -> None:
        """Join the group. Raises Unavailable, leaving nothing open, when Kafka does not answer in time."""
        try:
            async with asyncio.timeout(kafka.START_SECONDS):
                builder = await self._broker.connect()
                # A functools.partial, which FastStream declares as a plain callable.
                options: Mapping[str, Any] = builder.keywords  # type: ignore[attr-defined]
                # FastStream has no setting for the consumer's class.
                self._broker.config.broker_config.builder = partial(
                    Intake, on_unreadable=self._on_unreadable, **options
                )
                await self._broker.start()
        except (KafkaError, OSError, TimeoutError) as error:
            await self.stop()
            raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Let the batch in hand end, leave the group, close. Bounded; never raises for Kafka's sake.

        Cancelling it does not cut it short: a member that has half left would hold its partitions.
        """
        ending = asyncio.ensure_future(self._end())
        try:
            await asyncio.shield(ending)
        finally:
            await asyncio.wait({ending})

    async def _end(self) -> None:
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._broker.stop()
        except (KafkaError, OSError, TimeoutError, ExceptionGroup) as error:
            log.info("the subscriber did not stop cleanly", extra={"kind": type(error).__name__})
        if consumer is not None:
            await kafka.drop(consumer)  # without its broker a consumer's own stop ends half-way

    async def lag(self, within: float) -> dict[TopicPartition, int]:
        """Records between position and end of log, per partition held. Raises Unavailable, after so many
        seconds at the latest.
        """
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None:
            raise Unavailable("not subscribed", code="kafka_unavailable")
        held = list(consumer.assignment())
        try:
            async with asyncio.timeout(within):
                ends = await consumer.end_offsets(held) if held else {}
                return {one: max(ends[one] - await consumer.position(one), 0) for one in held}
        except (KafkaError, OSError, TimeoutError) as error:
            raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The barrier: the batch in hand is committed before another replica may take its partitions."""
        try:
            async with asyncio.timeout(BARRIER_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.warning("partitions given up under a batch in hand: some of it will be seen twice")

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._moved()

    async def _still_on_our_cluster(self) -> None:
        """A cluster that came back empty at the same address gives this consumer its own records under our
        positions: taken in, they would be kept under a wrong place, and a commit would pass over those before
        them. Asked after the records are here, so an answer that is still ours means that they are, too.
        """
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None or await kafka.cluster_of(consumer) != self._cluster:
            raise Unavailable("the cluster was replaced", code="kafka_unavailable")

    async def _consume(self, message: KafkaMessage) -> None:
        raw: Any = message.raw_message
        self._idle.clear()
        try:
            await self._still_on_our_cluster()
            await self._handle([from_kafka_record(record, self._cluster) for record in raw])
            await message.ack()
        except Exception as error:  # the batch is the boundary: whatever failed, it comes again
            # Nothing of this batch will be committed, so a rebalance need not wait for the pause.
            self._idle.set()
            await self._failed(error)
            raise
        finally:
            self._idle.set()


def _broker(bootstrap: str, group: str) -> KafkaBroker:
    return KafkaBroker(
        bootstrap.split(","),  # FastStream takes a plain string for the name of one host
        apply_types=False,
        consumer_only=True,
        allow_auto_create_topics=False,
        graceful_timeout=BARRIER_SECONDS,
        client_id=group,
        logger=None,
        request_timeout_ms=kafka.REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=kafka.METADATA_MAX_AGE_MS,
        retry_backoff_ms=_RETRY_BACKOFF_MS,
    )


async def _parse_without_headers(
    batch: Any, original: Callable[[Any], Awaitable[KafkaMessage]]
) -> KafkaMessage:
    """FastStream's own parser decodes headers, and one bad byte loses the batch: show it none."""
    message = await original((dataclasses.replace(batch[0], headers=()),))
    message.raw_message = batch
    return message


async def _as_it_came(message: KafkaMessage) -> KafkaMessage:
    return message
