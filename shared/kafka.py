"""Kafka clients with the platform's time limits, started and stopped within bounds.

At aiokafka's defaults a frozen broker holds a producer for over 55 s and a consumer for 80 s, a start hangs
for 40 s and topics made later are seen after five minutes. So every client is made here.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, NodeNotReadyError
from aiokafka.protocol.metadata import MetadataRequest

from shared.errors import Unavailable

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_MS = 5000
METADATA_MAX_AGE_MS = 10000
START_SECONDS = 15.0
STOP_SECONDS = 5.0
ADMIN_SECONDS = 6.0
ASK_SECONDS = 5.0
MAX_RECORD_BYTES = 1024 * 1024  # headers and framing included; an event is at most 256 KiB

Client: TypeAlias = AIOKafkaProducer | AIOKafkaConsumer | AIOKafkaAdminClient


def make_producer(bootstrap: str, *, client_id: str) -> AIOKafkaProducer:
    """An idempotent producer, not started. `bootstrap`: comma-separated host:port.

    A producer whose send failed once is wedged on that partition (OutOfOrderSequence):
    `abort` it and make another.
    """
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=524288,
        max_request_size=MAX_RECORD_BYTES,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )


def make_reader(bootstrap: str, *, client_id: str) -> AIOKafkaConsumer:
    """A consumer without a group, for looking at topics; assign it partitions yourself. Not started."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )


def make_admin(bootstrap: str, *, client_id: str) -> AIOKafkaAdminClient:
    """An admin client, not started."""
    return AIOKafkaAdminClient(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )


async def start(client: Client, *, within: float = START_SECONDS) -> None:
    """Start a client. Raises Unavailable, leaving nothing open, when Kafka does not answer in time."""
    try:
        async with asyncio.timeout(within):
            await client.start()
    except (KafkaError, OSError, TimeoutError) as error:
        await stop(client)
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    except BaseException:
        await stop(client)
        raise


async def stop(client: Client, *, within: float = STOP_SECONDS) -> None:
    """Stop a client, giving up politeness after `within` seconds. Never raises for Kafka's sake.

    A producer's `stop` first delivers what it still holds; use `abort` where that would be wrong.
    """
    # In a task of its own: a consumer without its broker lets the cancellation of its own fetches out of
    # `stop` (aiokafka 0.14), which here would pass for a cancellation of the caller.
    ending = asyncio.ensure_future(
        client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop()
    )
    await asyncio.wait({ending}, timeout=within)
    if not ending.done():
        ending.cancel()
        await asyncio.wait({ending}, timeout=1)
    error = None if ending.cancelled() or not ending.done() else ending.exception()
    if error is not None:
        log.info("a Kafka client did not stop cleanly", extra={"kind": type(error).__name__})
    await drop(client)


async def abort(producer: AIOKafkaProducer) -> None:
    """End a producer without delivering what it still holds: cancel its sender, close its sockets.

    `stop` would go on delivering later, beside the producer that replaced this one, and so reorder.
    Never raises.
    """
    # aiokafka has no public way to end a producer without a flush (0.14).
    sender = getattr(producer, "_sender", None)
    task: asyncio.Task[None] | None = getattr(sender, "sender_task", None)
    if task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=STOP_SECONDS)
    producer._closed = True  # else it warns at collection, and a late send would wait for ever
    await drop(producer)


async def drop(client: Client) -> None:
    """Close what a stop that went wrong has left: fetches that would try for ever, sockets. Never raises."""
    fetcher = getattr(client, "_fetcher", None)
    fetches: set[asyncio.Task[Any]] = set(getattr(fetcher, "_pending_tasks", ()))
    for fetch in fetches:
        fetch.cancel()
    if fetches:
        await asyncio.wait(fetches, timeout=STOP_SECONDS)
    inner: Any = getattr(client, "client", None) or getattr(client, "_client", None)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await inner.close()
    except (KafkaError, OSError, TimeoutError) as error:
        log.info("a Kafka client's sockets did not close", extra={"kind": type(error).__name__})


async def cluster_of(client: AIOKafkaProducer | AIOKafkaConsumer) -> str:
    """The id of the cluster that a started client speaks to just now: one small request to one of its nodes.

    aiokafka itself never notices that a cluster was replaced by another at the same address. Raises
    Unavailable.
    """
    inner: Any = client.client if isinstance(client, AIOKafkaProducer) else client._client
    try:
        async with asyncio.timeout(ASK_SECONDS):
            node = inner.get_random_node()
            if node is None:
                raise NodeNotReadyError
            answer = await inner.send(node, MetadataRequest([]))
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    return str(answer.cluster_id)


async def cluster_id(bootstrap: str, *, within: float = ADMIN_SECONDS) -> str:
    """The id of the cluster at `bootstrap`: it changes when a cluster was lost and came back empty.

    Raises Unavailable.
    """
    found, _ = await look(bootstrap, (), within=within)
    return found


async def look(
    bootstrap: str, topics: Iterable[str], *, within: float = ADMIN_SECONDS
) -> tuple[str, set[str]]:
    """Cluster id, and which of `topics` do not exist. Raises Unavailable."""
    admin = make_admin(bootstrap, client_id="liengia-look")
    await start(admin, within=within)
    try:
        async with asyncio.timeout(within):
            described = await admin.describe_cluster()
            present = set(await admin.list_topics())
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    finally:
        await stop(admin)
    return str(described["cluster_id"]), set(topics) - present


async def partitions(bootstrap: str, topic: str) -> list[int]:
    """The partition numbers of `topic`; empty when there is no such topic. Raises Unavailable."""
    admin = make_admin(bootstrap, client_id="liengia-look")
    await start(admin, within=ADMIN_SECONDS)
    try:
        async with asyncio.timeout(ADMIN_SECONDS):
            (described,) = await admin.describe_topics([topic])
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    finally:
        await stop(admin)
    return sorted(one["partition"] for one in described["partitions"])
