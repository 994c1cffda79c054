"""The same thing twice, in every way it can happen: one tip, one effect."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Message as KafkaMessage
from confluent_kafka import Producer

from tests.support.load import Load, all_arrive
from tests.support.poison import break_in, letters_found, letters_wanted
from tests.support.portal import portal
from tests.support.reconcile import TOPICS, records_of
from tests.support.snapshot import all_is_read, figures_follow_the_facts, snapshot
from tests.support.system import System, report
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


async def test_a_broken_record_in_a_stream_is_set_aside_with_its_reason_and_its_neighbours_take_effect(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    await load.run_all(5, 1)
    await all_arrive(load)
    marker = uuid4().hex
    for topic in TOPICS:
        break_in(system, topic, f"broken-{marker}")
    after = Load(system, system.of("tips"))
    await after.run_all(10, 2)
    await all_arrive(after)

    def all_set_aside() -> bool:
        assert letters_found(system, TOPICS, f"broken-{marker}") == letters_wanted(TOPICS)
        return True

    await eventually(all_set_aside, within=30)
