"""Encrypted reports on `tips.submission.v1`, from a real Kafka into a real process."""

import json
import uuid
from typing import Any

import httpx
import pytest
from confluent_kafka import Producer
from joserfc import jwe
from joserfc.jwk import ECKey

from services.tips.receipt.domain.codes import new_code
from tests.support.system import Replica, System, report
from tests.support.waiting import eventually_sync

pytestmark = pytest.mark.timeout(480)


def sealed(tips: Replica, body: Any) -> str:
    (public,) = httpx.get(tips.url + "/.well-known/jwks.json", trust_env=False).json()["keys"]
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": public["kid"]}
    plain = json.dumps(body).encode()
    return jwe.encrypt_compact(header, plain, ECKey.import_key(public), algorithms=["ECDH-ES", "A256GCM"])


def put(system: System, value: bytes, number: str, *, content_type: str = "application/jose") -> None:
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap})
    headers = {
        "ce_specversion": "1.0",
        "ce_id": number,
        "ce_type": "liengia.tip.submitted.v1",
        "ce_source": "/gateways/zalo",
        "ce_time": "2026-09-14T05:10:00Z",
        "content-type": content_type,
    }
    producer.produce(
        "tips.submission.v1", value, number, headers=[(name, text.encode()) for name, text in headers.items()]
    )
    producer.flush(10)


def look(tips: Replica, code: str) -> httpx.Response:
    headers = {"Authorization": f"Receipt {code}"}
    return httpx.get(tips.url + "/reporter/tip", headers=headers, trust_env=False)


def collection(system: System, name: str) -> list[dict[str, Any]]:
    with system.databases() as client:
        return list(client["tips"][name].find())


def test_an_encrypted_report_becomes_one_tip_however_often_it_is_delivered(
    system: System, tips: Replica
) -> None:
    code = new_code(uuid.uuid4().bytes)
    number = str(uuid.uuid4())
    value = sealed(tips, report(channel="zalo_oa", text="PLANTED-KAFKA", receipt_code=code)).encode()
    for _ in range(3):
        put(system, value, number)
    last = new_code(uuid.uuid4().bytes)
    put(system, sealed(tips, report(receipt_code=last)).encode(), str(uuid.uuid4()))
    eventually_sync(lambda: look(tips, last).status_code == 200, within=30)
    eventually_sync(lambda: look(tips, code).status_code == 200, within=30)
    seen = [tip for tip in collection(system, "tips") if tip["channel"] == "zalo_oa"]
    assert len(seen) == 1
    assert "PLANTED-KAFKA" not in str(seen)


@pytest.mark.parametrize(
    ("value", "content_type", "reason"),
    [
        (json.dumps({"text": "PLANTED-CLEAR"}).encode(), "application/json", "not_encrypted"),
        (b"a.b.c.d.e", "application/jose", "jwe_invalid"),
        (b"\xff\xfe PLANTED-CLEAR", "application/jose", "schema"),
    ],
)
def test_what_cannot_be_taken_in_is_kept_sealed_and_goes_to_no_topic(
    system: System, tips: Replica, value: bytes, content_type: str, reason: str
) -> None:
    def dead_letters() -> int:
        told = httpx.get(tips.url + "/readyz", trust_env=False).json()["consumer"]
        return int(told["dead_letters"])

    before, letters = len(collection(system, "rejected_submissions")), dead_letters()
    put(system, value, str(uuid.uuid4()), content_type=content_type)
    eventually_sync(lambda: len(collection(system, "rejected_submissions")) == before + 1, within=30)
    newest = max(collection(system, "rejected_submissions"), key=lambda one: one["at"])
    assert newest["reason"] == reason
    assert "PLANTED" not in str(collection(system, "rejected_submissions"))
    assert dead_letters() == letters


def test_a_report_with_a_fault_is_rejected_by_its_code(system: System, tips: Replica) -> None:
    put(system, sealed(tips, report(category="opinion")).encode(), str(uuid.uuid4()))

    def reasons() -> list[str]:
        return [one["reason"] for one in collection(system, "rejected_submissions")]

    eventually_sync(lambda: "validation_failed" in reasons(), within=30)
