"""From a referral on Kafka to a conclusion on Kafka, with two replicas: one case each, and nobody's name."""

import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from confluent_kafka import Consumer, Message, Producer

from shared.contracts.base import Contract
from shared.contracts.tips import TipClassified, TipReferredToMediation, TipReturned
from shared.events import Event, to_kafka
from shared.join_code import join_hash, spell
from tests.support.system import Replica, System
from tests.support.tip_events import tip_id
from tests.support.waiting import eventually_sync

pytestmark = pytest.mark.timeout(480)
AREA, WARD = "99/99001/tdp-2", "99/99001"
PARTY = {"name": "PLANTED-NAME", "statement": "PLANTED-STATEMENT"}
SESSION = {"attended": [1, 2], "place": "PLANTED-PLACE", "note": "PLANTED-NOTE"}
OUTCOME = {"outcome": "successful", "terms": [{"text": "PLANTED-TERM", "owners": [1]}]}


class Ward:
    """Mediation as its team uses it, and tips as far as its topic shows it."""

    def __init__(self, system: System) -> None:
        self.system, self.doors = system, system.of("mediation")
        self.head = system.bearer("mediation:head", areas=(WARD,), subject="head-1")
        self.serving = system.bearer("mediation:handle", areas=(WARD,), subject="hgv-1")
        self._producer = Producer({"bootstrap.servers": system.kafka.bootstrap})

    def referral(self, tip: str, sequence: int, referral: int, code: str | None = None) -> Event:
        told = {
            "state": "referred",
            "referral": referral,
            "dispute_type": "boundary",
            "join_hash": join_hash(code or spell(secrets.token_bytes(20))),
        }
        return self.event(TipReferredToMediation, tip, sequence, told)

    def event(self, model: type[Contract], tip: str, sequence: int, told: dict[str, Any]) -> Event:
        at = datetime.now(UTC)
        common = {"area": AREA, "category": "neighbour_dispute", "received_at": at}
        data = model.model_validate({**common, **told}).to_data()
        return Event(f"{tip}:{sequence}", model.TYPE, "/services/tips", tip, at, sequence, data)

    def publish(self, *events: Event, times: int = 1) -> None:
        for event in events:
            key, value, headers = to_kafka(event)
            for _ in range(times):
                self._producer.produce("tips.tip.v1", value, key, partition=0, headers=list(headers))
        assert self._producer.flush(10) == 0

    def cases_of(self, tip: str) -> list[dict[str, Any]]:
        with self.system.databases() as client:
            return list(client["mediation"]["cases"].find({"tip_id": tip}).sort("referral"))

    def all_before_is_read(self) -> None:
        """One partition is read in order: once this one is through, so is what was sent before it."""
        last = a_tip()
        self.publish(self.referral(last, 3, 1))
        eventually_sync(lambda: self.cases_of(last), within=30)

    def post(self, path: str, body: Any, by: dict[str, str] | None = None, door: int = 0) -> dict[str, Any]:
        url, headers = self.doors[door].url + path, self.head if by is None else by
        answer = httpx.post(url, json=body, headers=headers, timeout=10, trust_env=False)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    def team(self) -> str:
        team_id = str(self.post("/teams", {"area": WARD, "name": "Tổ hòa giải"})["id"])
        for number in (1, 2, 3):
            name = {"subject": f"hgv-{number}", "name": f"PLANTED-{number}", "woman": True}
            self.post(f"/teams/{team_id}/mediators", {**name, "elected_share": 0.9})
        return team_id

    def settle(self, case_id: str) -> None:
        """From a case with one party to an agreement, by turns through both replicas."""
        at, team_id = f"/cases/{case_id}", self.team()
        self.post(f"{at}/parties", PARTY)
        self.post(f"{at}/scope-check", {"decision": "in"}, door=1)
        for party in (1, 2):
            self.post(f"{at}/consents", {"party": party, "agrees": True}, door=party % 2)
        self.post(f"{at}/assignments", {"team_id": team_id, "mediator": 1})
        held = {**SESSION, "held_at": datetime.now(UTC).isoformat()}
        self.post(f"{at}/sessions", held, self.serving, door=1)
        self.post(f"{at}/outcome", OUTCOME, self.serving)

    def told(self, case_id: str, count: int) -> list[Message]:
        """What stands on mediation's topic about a case, once there are so many records."""
        reader = Consumer(
            {
                "bootstrap.servers": self.system.kafka.bootstrap,
                "group.id": f"test-{uuid.uuid4()}",
                "auto.offset.reset": "earliest",
            }
        )
        reader.subscribe(["mediation.case.v1"])
        found: list[Message] = []

        def read() -> bool:
            while (record := reader.poll(0.2)) is not None:
                if record.error() is None and record.key() == case_id.encode():
                    found.append(record)
            return len(found) >= count

        try:
            eventually_sync(read, within=30)
        finally:
            reader.close()
        return found


def a_tip() -> str:
    return tip_id(uuid.uuid4().int)


def kind(record: Message) -> str:
    found = dict(record.headers() or [])["ce_type"]
    assert isinstance(found, bytes)
    return found.decode().removeprefix("liengia.mediation.").removesuffix(".v1")


@pytest.fixture
def ward(system: System) -> Ward:
    return Ward(system)


def test_a_referral_opens_one_case_however_often_and_in_whatever_order_it_comes(ward: Ward) -> None:
    tip = a_tip()
    classified = {"state": "classified", "classification": "dispute", "harm": "unknown"}
    before = ward.event(TipClassified, tip, 2, classified)
    referral = ward.referral(tip, 3, 1)
    after = ward.event(TipReturned, tip, 4, {"state": "classified", "referral": 1, "outcome": "ended"})
    ward.publish(after, referral, before, referral, after)
    ward.publish(referral, times=2)
    ward.all_before_is_read()
    (case,) = ward.cases_of(tip)
    assert (case["referral"], case["status"], case["sequence"]) == (1, "requested", 1)
    assert [kind(record) for record in ward.told(case["_id"], 1)] == ["requested"]


def test_each_referral_of_a_tip_has_a_case_of_its_own_also_in_the_wrong_order(ward: Ward) -> None:
    tip = a_tip()
    first, second = ward.referral(tip, 3, 1), ward.referral(tip, 7, 2)
    ward.publish(second, first, second, first)
    ward.all_before_is_read()
    cases = ward.cases_of(tip)
    assert [case["referral"] for case in cases] == [1, 2]
    assert len({case["_id"] for case in cases}) == 2
    assert [case["join_hash"] for case in cases] == [first.data["join_hash"], second.data["join_hash"]]


def test_a_reporter_joins_the_case_of_the_referral_and_its_end_names_nobody(ward: Ward) -> None:
    tip, code = a_tip(), spell(secrets.token_bytes(20))
    ward.publish(ward.referral(tip, 3, 1, code), times=2)
    eventually_sync(lambda: ward.cases_of(tip), within=30)
    joined = ward.post("/join", {"code": code, **PARTY}, {"Idempotency-Key": str(uuid.uuid4())}, door=1)
    assert joined["case_id"] == ward.cases_of(tip)[0]["_id"]
    ward.settle(joined["case_id"])
    records = ward.told(joined["case_id"], 6)
    assert [kind(record) for record in records] == [
        *("requested", "scope_decided", "accepted", "assigned", "session_held", "concluded")
    ]
    concluded = json.loads(records[-1].value() or b"")
    assert (concluded["tip_id"], concluded["referral"]) == (tip, 1)
    assert (concluded["outcome"], concluded["state"]) == ("successful", "following_up")
    everything = b"".join([record.value() or b"" for record in records])
    logs = "".join(door.log() for door in ward.doors)
    for word in ("PLANTED", code, joined["code"], "hgv-1", "head-1"):
        assert word.encode() not in everything
    for word in ("PLANTED", code, joined["code"]):
        assert word not in logs


def test_a_follow_up_is_announced_once_by_two_replicas(ward: Ward) -> None:
    opened = ward.post(
        "/cases", {"area": AREA, "dispute_type": "noise", "ground": "party_request", "parties": [PARTY]}
    )
    ward.settle(opened["id"])
    past = datetime.now(UTC) - timedelta(seconds=1)
    with ward.system.databases() as client:
        cases = client["mediation"]["cases"]
        for number in (0, 1):
            due = {f"follow_ups.{number}.due_at": past, "next_due": past}
            cases.update_one({"_id": opened["id"]}, {"$set": due})

            def announced(number: int = number) -> bool:
                case = cases.find_one({"_id": opened["id"]}) or {}
                return case["follow_ups"][number]["fired_at"] is not None

            eventually_sync(announced, within=30)
    due_now = [kind(record) for record in ward.told(opened["id"], 8)]
    assert due_now[6:] == ["followup_due", "followup_due"]
    numbers = [json.loads(record.value() or b"")["follow_up"] for record in ward.told(opened["id"], 8)[6:]]
    assert numbers == [1, 2]


def test_a_broken_referral_is_a_dead_letter_and_holds_nothing_up(ward: Ward) -> None:
    tip = a_tip()
    broken = ward.referral(tip, 3, 1)
    data = {name: value for name, value in broken.data.items() if name != "dispute_type"}
    ward.publish(Event(broken.id, broken.type, broken.source, tip, broken.time, 3, data))
    ward.all_before_is_read()
    assert ward.cases_of(tip) == []


def test_the_whole_service_is_described(system: System) -> None:
    door: Replica = system.of("mediation")[0]
    document = httpx.get(door.url + "/openapi.json", timeout=10, trust_env=False).json()
    doors = {"/cases", "/teams", "/join", "/party/case", "/cases/{case_id}/follow-ups", "/events"}
    assert doors <= set(document["paths"])
