"""The same thing twice, in every way it can happen: one tip, one effect."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Message as KafkaMessage
from confluent_kafka import Producer

from tests.support.load import Load, all_arrive
from tests.support.reconcile import TIP_TOPIC, headers_of, look, records_of
from tests.support.system import AREA, System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(240)

COUNTED = ("tip.received", "tip.resolved")


def figures_follow_the_facts(system: System) -> bool:
    """Whether analytics answers for the ward what its facts add up to: each event once."""
    answer = httpx.get(
        f"{system.of('analytics')[0].url}/indicators?area=99/99001",
        headers=system.bearer("indicators:read"),
        timeout=10,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    figures = {item["indicator"]: item["figure"]["value"] for item in answer.json()["items"]}
    with system.databases() as client:
        facts = client["analytics"]["facts"]
        for name in COUNTED:
            assert figures[name] == facts.count_documents({"type": f"liengia.{name}.v1"})
    return True


def produce(system: System, topic: str, messages: list[KafkaMessage]) -> None:
    """Write the records once more as they are: value, key and headers."""
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
    for message in messages:
        producer.produce(topic, key=message.key(), value=message.value(), headers=message.headers())
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
    await load.run(30)
    await all_arrive(load)
    await eventually(lambda: figures_follow_the_facts(system), within=30)
    everything = records_of(system.kafka.bootstrap, TIP_TOPIC)
    produce(system, TIP_TOPIC, everything[::-1] + everything)
    # A tip reported afterwards is counted only once all that was repeated has been read.
    last = Load(system, system.of("tips"))
    await last.run(8)
    await all_arrive(last)
    await eventually(lambda: figures_follow_the_facts(system), within=30)
    seen = look(system)
    for tip in load.accepted:
        assert sorted(seen.counted[tip]) == list(range(1, seen.stored[tip] + 1))


async def test_a_broken_record_in_the_stream_is_set_aside_with_its_reason_and_its_neighbours_are_counted(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    await load.run(5)
    await all_arrive(load)
    sound = next(
        message
        for message in records_of(system.kafka.bootstrap, TIP_TOPIC)
        if (message.key() or b"").decode() == load.accepted[0]
    )
    marker = uuid4().hex
    headers = headers_of(sound)
    breaks: dict[str, dict[str, object]] = {
        "bad_headers": {"headers": {**headers, "ce_type": b"\xff\xfe"}, "value": sound.value()},
        "no_value": {"headers": headers, "value": None},
        "not_json": {"headers": headers, "value": b"{" + marker.encode()},
        "schema": {"headers": headers, "value": json.dumps({"area": AREA}).encode()},
        "unknown_major": {
            "headers": {**headers, "ce_type": b"liengia.tip.received.v9"},
            "value": sound.value(),
        },
    }
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
    for broken in breaks.values():
        producer.produce(TIP_TOPIC, key=f"broken-{marker}", **broken)  # type: ignore[arg-type]
    unknown = {**headers, "ce_type": b"liengia.tip.not_yet_invented.v1"}
    producer.produce(TIP_TOPIC, key=f"broken-{marker}", value=sound.value(), headers=list(unknown.items()))
    assert producer.flush(30) == 0
    after = Load(system, system.of("tips"))
    await after.run(10)
    await all_arrive(after)

    def all_set_aside() -> bool:
        letters = records_of(system.kafka.bootstrap, "analytics.dlt")
        ours = [letter for letter in letters if (letter.key() or b"").decode() == f"broken-{marker}"]
        reasons = {headers_of(letter)["x-reason"].decode() for letter in ours}
        assert reasons == set(breaks)
        assert len(ours) == len(breaks)
        return True

    await eventually(all_set_aside, within=30)
