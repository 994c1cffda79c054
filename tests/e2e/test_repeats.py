"""The same thing twice, in every way it can happen: one tip, one effect."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Message as KafkaMessage
from confluent_kafka import Producer

from shared.contracts.topics import EVENT_TOPICS
from tests.support.load import Load, all_arrive
from tests.support.portal import portal
from tests.support.reconcile import TOPICS, headers_of, records_of
from tests.support.snapshot import all_is_read, figures_follow_the_facts, snapshot
from tests.support.system import AREA, System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)


def produce(system: System, topic: str, messages: list[KafkaMessage]) -> None:
    """Write the records once more as they are: value, key, headers and partition."""
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
    for message in messages:
        producer.produce(
            topic,
            key=message.key(),
            value=message.value(),
            headers=message.headers(),
            partition=message.partition() or 0,
        )
    assert producer.flush(30) == 0


async def test_one_key_sent_at_once_to_two_replicas_makes_one_tip_with_one_receipt(system: System) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = report(text=f"Một lần thôi {uuid4()}")
    doors = [replica.url for replica in system.of("tips")] * 8
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        answers = await asyncio.gather(
            *(client.post(f"{door}/tips", json=body, headers=headers) for door in doors)
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        other = await client.post(f"{doors[0]}/tips", json=report(text="khác"), headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


async def test_a_repeat_after_a_lost_answer_and_a_kill_gives_the_same_answer(system: System) -> None:
    tips, other = system.of("tips")
    headers, body = {"Idempotency-Key": str(uuid4())}, report()
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        first = await client.post(f"{tips.url}/tips", json=body, headers=headers)
        tips.child.kill()
        again = await client.post(f"{other.url}/tips", json=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


async def test_everything_from_the_journal_once_more_backwards_and_double_changes_nothing(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    async with portal(system) as city:
        await load.run_all(20, 3)
        await all_arrive(load, portal=city)
        await eventually(lambda: all_is_read(system), within=30)
        await eventually(lambda: figures_follow_the_facts(system), within=30)
        before = snapshot(system)
        for topic in TOPICS:
            everything = records_of(system.kafka.bootstrap, topic)
            produce(system, topic, everything[::-1] + everything)
        await eventually(lambda: all_is_read(system), within=60)
        after = snapshot(system)
        assert after == before
        # What is new is still told, and only that.
        await load.disputes.run(1)
        await all_arrive(load, portal=city)
        assert city.repeats() == []


# A type that every reader of the topic reacts to.
HEEDED = {
    "tips.tip.v1": "liengia.tip.referred_to_mediation.v1",
    "mediation.case.v1": "liengia.mediation.concluded.v1",
    "notifications.notice.v1": "liengia.alert.issued.v1",
    "analytics.signal.v1": "liengia.statistic.reported.v1",
}
READERS = {topic.name: topic.consumers for topic in EVENT_TOPICS}


async def test_a_broken_record_in_a_stream_is_set_aside_with_its_reason_and_its_neighbours_take_effect(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    await load.run_all(5, 1)
    await all_arrive(load)
    marker = uuid4().hex
    wanted = {(group, topic, why) for topic in TOPICS for group in READERS[topic] for why in REASONS}
    for topic in TOPICS:
        break_in(system, topic, f"broken-{marker}")
    after = Load(system, system.of("tips"))
    await after.run_all(10, 2)
    await all_arrive(after)

    def all_set_aside() -> bool:
        found = []
        for group in {group for group, _, _ in wanted}:
            for letter in records_of(system.kafka.bootstrap, f"{group}.dlt"):
                if (letter.key() or b"").decode() == f"broken-{marker}":
                    told = headers_of(letter)
                    found.append((group, told["x-origin-topic"].decode(), told["x-reason"].decode()))
        assert sorted(found) == sorted(wanted)
        return True

    await eventually(all_set_aside, within=30)


REASONS = ("bad_headers", "no_value", "not_json", "schema", "unknown_major")


def break_in(system: System, topic: str, key: str) -> None:
    """One record of each fault that `REASONS` names, and one of a type that nobody knows yet."""
    sound = next(
        message
        for message in records_of(system.kafka.bootstrap, topic)
        if headers_of(message).get("ce_type") == HEEDED[topic].encode()
    )
    headers, value = headers_of(sound), sound.value()
    later = HEEDED[topic].removesuffix("v1") + "v9"
    broken: list[tuple[dict[str, bytes], bytes | None]] = [
        ({**headers, "ce_type": b"\xff\xfe"}, value),
        (headers, None),
        (headers, b"{" + key.encode()),
        (headers, json.dumps({"area": AREA}).encode()),
        ({**headers, "ce_type": later.encode()}, value),
        ({**headers, "ce_type": b"liengia.tip.not_yet_invented.v1"}, value),
    ]
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
    for told, content in broken:
        producer.produce(topic, key=key, value=content, headers=list(told.items()))
    assert producer.flush(30) == 0
