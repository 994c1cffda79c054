"""Dead letters looked at from outside: read them, judge them by today's contracts, send them to
`<group>.retry`.

What has been sent is remembered on the dead-letter topic itself, by a marker record without a body whose
header `x-replayed` names the letter: it outlives the letter, needs no other store, and is written after the
letter was sent, so that a crash between the two costs a repeat (which has no effect) and never a letter.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from pydantic import ValidationError

from shared import kafka
from shared.consume.dead_letters import (
    BODY_LEFT,
    FAILED_AT,
    ORIGIN_OFFSET,
    ORIGIN_PARTITION,
    ORIGIN_TOPIC,
    REASON,
    SENT_FROM,
    original_headers,
)
from shared.consume.record import Record, from_kafka_record
from shared.contracts import contract_for
from shared.contracts.topics import dead_letter_topic, retry_topic
from shared.errors import Poison, Unavailable
from shared.events import Event, from_kafka

REPLAYED = "x-replayed"
_READ_SECONDS = 60.0
_SEND_SECONDS = 7.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. `place` is `partition/offset` on the dead-letter topic; `sent` when a replay has sent
    it.
    """

    record: Record
    place: str
    reason: str
    origin: str
    failed_at: str
    event_id: str
    event_type: str
    sent: bool


async def read(bootstrap: str, group: str) -> list[Letter]:
    """Every dead letter of `group`, oldest first. Raises Unavailable, or LookupError when the topic does
    not exist.
    """
    records = await _read_all(bootstrap, dead_letter_topic(group))
    sent = {_text(record, REPLAYED) for record in records}
    return [_letter(record, sent) for record in records if not _text(record, REPLAYED)]


async def send(
    bootstrap: str,
    group: str,
    letters: Iterable[Letter],
    *,
    per_second: float,
    told: Callable[[Letter], None],
) -> int:
    """Send each letter's original bytes, key and headers to `<group>.retry`; `told` is called after each.

    Returns how many were sent. Raises Unavailable; the letters told of until then are sent and remembered.
    """
    producer = kafka.make_producer(bootstrap, client_id=f"{group}-replay")
    await kafka.start(producer)
    count = 0
    try:
        for letter in letters:
            async with asyncio.timeout(_SEND_SECONDS):
                await _send_one(producer, group, letter)
            told(letter)
            count += 1
            await asyncio.sleep(1 / per_second)
    except (KafkaError, OSError, TimeoutError) as error:
        await kafka.abort(producer)
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    await kafka.stop(producer)
    return count


def judge(letter: Letter) -> str:
    """What a replay would meet today: `ok`, `sealed`, `no_contract`, `body_at_origin`, or the Poison code
    again.
    """
    record = letter.record
    if _text(record, BODY_LEFT):
        return "body_at_origin"
    try:
        event: Event = from_kafka(record.key, record.value, original_headers(record), received_at=record.at)
    except Poison as reason:
        return reason.code
    contract = contract_for(event.type)
    if contract is None:
        return "no_contract"
    if event.sealed is not None:
        return "sealed"
    try:
        contract.read(event.data)
    except ValidationError:
        return "schema"
    return "ok"


async def _send_one(producer: AIOKafkaProducer, group: str, letter: Letter) -> None:
    record = letter.record
    headers = [*original_headers(record), (SENT_FROM, letter.place.encode())]
    # A record with neither key nor value cannot be sent by aiokafka; its key was written as empty, and
    # stays so.
    await producer.send_and_wait(retry_topic(group), key=record.key, value=record.value, headers=headers)
    marker = [(REPLAYED, letter.place.encode())]
    await producer.send_and_wait(
        dead_letter_topic(group), key=b"", value=None, headers=marker, partition=record.partition
    )


async def _read_all(bootstrap: str, topic: str) -> list[Record]:
    partitions = [TopicPartition(topic, number) for number in await kafka.partitions(bootstrap, topic)]
    if not partitions:
        raise LookupError(f"the topic {topic} does not exist")
    reader = kafka.make_reader(bootstrap, client_id="replay")
    await kafka.start(reader)
    try:
        async with asyncio.timeout(_READ_SECONDS):
            reader.assign(partitions)
            ends = await reader.end_offsets(partitions)
            await reader.seek_to_beginning(*partitions)
            records: list[Record] = []
            while [one for one in partitions if await reader.position(one) < ends[one]]:
                for found in (await reader.getmany(timeout_ms=200)).values():
                    records += [from_kafka_record(record) for record in found]
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        raise Unavailable("Kafka does not answer", code="kafka_unavailable") from error
    finally:
        await kafka.stop(reader)
    return sorted(records, key=lambda record: (record.at, record.partition, record.offset))


def _letter(record: Record, sent: set[str]) -> Letter:
    place = f"{record.partition}/{record.offset}"
    origin = "/".join(_text(record, name) for name in (ORIGIN_TOPIC, ORIGIN_PARTITION, ORIGIN_OFFSET))
    return Letter(
        record=record,
        place=place,
        reason=_text(record, REASON),
        origin=origin,
        failed_at=_text(record, FAILED_AT),
        event_id=_text(record, "ce_id"),
        event_type=_text(record, "ce_type"),
        sent=place in sent,
    )


def _text(record: Record, name: str) -> str:
    """The last header of that name, with whatever is not UTF-8 shown as escapes; empty when there is none."""
    found = [value for header, value in record.headers if header == name and value is not None]
    return found[-1].decode(errors="backslashreplace") if found else ""
