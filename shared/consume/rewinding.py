"""A consumer group begins its topics again: for a service whose database is to be filled anew."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from shared import kafka
from shared.errors import Conflict, Unavailable

_SECONDS: Final = 20.0
_GONE: Final = ("Dead", "Empty")


async def rewind(bootstrap: str, group: str) -> list[str]:
    """Moves the group to the first record kept of everything it has read; returns `topic/partition` of each.

    Raises Conflict `group_at_work` while a replica of the service runs, Unavailable.
    """
    read = await _read_by(bootstrap, group)
    if not read:
        return []
    member = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        client_id=f"{group}-rewind",
        enable_auto_commit=False,
        request_timeout_ms=kafka.REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=kafka.METADATA_MAX_AGE_MS,
    )
    await kafka.start(member)
    try:
        async with asyncio.timeout(_SECONDS):
            member.assign(read)
            await member.commit(await member.beginning_offsets(read))
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    finally:
        await kafka.stop(member)
    return sorted(f"{one.topic}/{one.partition}" for one in read)


async def _read_by(bootstrap: str, group: str) -> list[TopicPartition]:
    """What the group has committed. Raises Conflict while it has members, Unavailable."""
    admin = kafka.make_admin(bootstrap, client_id=f"{group}-rewind")
    await kafka.start(admin)
    try:
        async with asyncio.timeout(_SECONDS):
            (described,) = await admin.describe_consumer_groups([group])
            ((_, _, state, *_),) = described.groups
            if state not in _GONE:
                raise Conflict(f"{group} is at work: stop every replica first", code="group_at_work")
            return list(await admin.list_consumer_group_offsets(group))
    except (KafkaError, OSError) as error:
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    finally:
        await kafka.stop(admin)
