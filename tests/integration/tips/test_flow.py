"""A report becomes an event on Kafka, from a real process, once and in order."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from confluent_kafka import Consumer, Message

from tests.support.system import Replica, System, report
from tests.support.waiting import eventually_sync

pytestmark = pytest.mark.timeout(480)
STEPS: list[tuple[str, Any]] = [
    ("classify", {"classification": "crime_report"}),
    ("assign", {"to": "officer-2"}),
    ("messages", {"text": "PLANTED-QUESTION"}),
    ("resolve", {"note": "PLANTED-NOTE"}),
    ("reply", {"text": "PLANTED-REPLY"}),
]


def post(replica: Replica, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(replica.url + path, json=body, headers=headers, timeout=10, trust_env=False)


class Topic:
    """Everything on a topic so far."""

    def __init__(self, system: System, topic: str) -> None:
        self.records: list[Message] = []
        self._consumer = Consumer(
            {
                "bootstrap.servers": system.kafka.bootstrap,
                "group.id": f"test-{uuid.uuid4()}",
                "auto.offset.reset": "earliest",
            }
        )
        self._consumer.subscribe([topic])

    def read(self) -> list[Message]:
        while (record := self._consumer.poll(0.2)) is not None:
            if record.error() is None:
                self.records.append(record)
        return self.records

    def of(self, tip_id: str) -> list[Message]:
        return [record for record in self.read() if record.key() == tip_id.encode()]

    def close(self) -> None:
        self._consumer.close()


def header(record: Message, name: str) -> str:
    found = dict(record.headers() or [])[name]
    assert isinstance(found, bytes)
    return found.decode()


def test_every_step_of_a_tip_arrives_in_order_and_says_nothing_private(system: System, tips: Replica) -> None:
    officer = system.bearer("tips:handle", "tips:read")
    sent = report(text="PLANTED-TEXT", reporter={"name": "PLANTED-NAME"}, place={"text": "PLANTED-PLACE"})
    tip = post(tips, "/tips", sent, {}).json()
    for name, body in STEPS:
        assert post(tips, f"/tips/{tip['id']}/{name}", body, officer).status_code in (200, 201)
    topic = Topic(system, "tips.tip.v1")
    eventually_sync(lambda: len(topic.of(tip["id"])) >= 6, within=30)
    records = topic.of(tip["id"])
    topic.close()
    assert [header(record, "ce_sequence") for record in records] == ["1", "2", "3", "4", "5", "6"]
    assert header(records[0], "ce_type") == "liengia.tip.received.v1"
    told = b"".join([record.value() or b"" for record in records])
    assert b"PLANTED" not in told
    assert tip["receipt_code"].encode() not in told
    assert "PLANTED" not in tips.log()
    assert tip["receipt_code"] not in tips.log()


def test_two_replicas_answer_one_key_with_one_tip(system: System, tips: Replica) -> None:
    other = system.start("tips")
    other.wait_until_ready()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    with ThreadPoolExecutor(8) as pool:
        doors = [tips, other] * 4
        answers = list(pool.map(lambda door: post(door, "/tips", report(), key), doors))
    other.child.stop()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1


def test_the_answer_is_the_same_after_a_kill_and_a_restart(system: System, tips: Replica) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    before = post(tips, "/tips", report(), key)
    tips.child.kill()
    tips.child.start_again()
    tips.wait_until_ready()
    after = post(tips, "/tips", report(), key)
    assert after.text == before.text
    topic = Topic(system, "tips.tip.v1")
    eventually_sync(lambda: topic.of(before.json()["id"]), within=30)
    assert len({header(record, "ce_id") for record in topic.of(before.json()["id"])}) == 1
    topic.close()


def test_an_inspectors_feed_holds_what_an_officers_feed_leaves_out(system: System, tips: Replica) -> None:
    tip = post(tips, "/tips", report(category="officer_misconduct"), {}).json()

    def feed(*scopes: str) -> str:
        headers = system.bearer("events:read", *scopes)
        answer = httpx.get(tips.url + "/events?limit=500", headers=headers, timeout=10, trust_env=False)
        return json.dumps(answer.json()["items"])

    eventually_sync(lambda: tip["id"] in feed("inspectorate"), within=20)
    assert tip["id"] not in feed()
