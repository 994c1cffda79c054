"""A ward whose officer refers disputes, and mediation as it is heard over Kafka."""

import subprocess
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
from confluent_kafka import Consumer, Producer

from deploy.local.places import CHECKOUT
from shared.contracts.base import Contract
from shared.contracts.mediation import MediationAccepted, MediationConcluded
from shared.events import Event, to_kafka
from tests.support.system import AREA, Replica, System, report
from tests.support.waiting import eventually_sync

DISPUTE = {"classification": "dispute", "dispute_type": "boundary"}


QUESTIONS = ("state_or_public_interest", "must_be_prosecuted", "must_be_sanctioned", "barred_by_law")


REFERRAL = {"scope": dict.fromkeys(QUESTIONS, False), "reporter_is_party": False}


NOWHERE = "tip_" + "a" * 26


class Ward:
    """Tips as officers and reporters use it, and mediation as far as its topic shows it."""

    def __init__(self, system: System, tips: Replica) -> None:
        self.system, self.tips = system, tips
        self.officer = system.bearer("tips:handle", "tips:read")
        self._producer = Producer({"bootstrap.servers": system.kafka.bootstrap})

    def dispute(self, *, referred: bool = True) -> dict[str, Any]:
        answer = httpx.post(
            self.tips.url + "/tips", json=report(category="neighbour_dispute"), trust_env=False
        )
        self.call(answer.json()["id"], "classify", DISPUTE)
        if referred:
            self.refer(answer.json()["id"])
        return dict(answer.json())

    def refer(self, tip_id: str) -> None:
        self.call(tip_id, "refer-to-mediation", REFERRAL)

    def call(self, tip_id: str, name: str, body: Any) -> None:
        url = f"{self.tips.url}/tips/{tip_id}/{name}"
        answer = httpx.post(url, json=body, headers=self.officer, timeout=10, trust_env=False)
        assert answer.status_code == 200, answer.text

    def read(self, tip_id: str, path: str = "") -> dict[str, Any]:
        url = f"{self.tips.url}/tips/{tip_id}{path}"
        return dict(httpx.get(url, headers=self.officer, timeout=10, trust_env=False).json())

    def status(self, tip_id: str) -> str:
        return str(self.read(tip_id)["status"])

    def history(self, tip_id: str) -> list[str]:
        return [entry["what"] for entry in self.read(tip_id, "/timeline")["items"]]

    def refusals(self, tip_id: str) -> list[str]:
        entries = self.read(tip_id, "/timeline")["items"]
        return [entry["payload"]["code"] for entry in entries if entry["what"] == "refused"]

    def mailbox(self, tip: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Receipt {tip['receipt_code']}"}
        url = self.tips.url + "/reporter/tip"
        return dict(httpx.get(url, headers=headers, timeout=10, trust_env=False).json())

    def concluded(
        self,
        tip_id: str | None,
        outcome: str = "successful",
        *,
        case: str,
        referral: int | None = 1,
        sequence: int = 6,
        times: int = 1,
    ) -> None:
        """Mediation's word, delivered so many times."""
        told = {"tip_id": tip_id, "referral": referral, "outcome": outcome, "state": "following_up"}
        self._publish(MediationConcluded, case, sequence, told, times)

    def accepted(self, tip_id: str, *, case: str, sequence: int) -> None:
        """A type that tips does not need."""
        told = {"tip_id": tip_id, "referral": 1, "state": "accepted"}
        self._publish(MediationAccepted, case, sequence, told, 1)

    def _publish(
        self, model: type[Contract], case: str, sequence: int, told: dict[str, Any], times: int
    ) -> None:
        data = model.model_validate(
            {"area": AREA, "dispute_type": "boundary", "requested_at": datetime.now(UTC), **told}
        ).to_data()
        at = datetime.now(UTC)
        event = Event(f"{case}:{sequence}", model.TYPE, "/services/mediation", case, at, sequence, data)
        key, value, headers = to_kafka(event)
        for _ in range(times):
            self._producer.produce(model.TOPIC, value, key, partition=0, headers=list(headers))
        assert self._producer.flush(10) == 0

    def all_before_is_read(self) -> None:
        """One partition is read in order: once this one is through, so is what was sent before it."""
        last = self.dispute()["id"]
        self.concluded(last, case=a_case())
        eventually_sync(lambda: self.status(last) == "replied", within=30)

    def replay(self, *arguments: str) -> str:
        done = self.replay_of(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def replay_of(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        env = {
            **self.system.environment("tips", 1),
            "MONGO_DATABASE": "tips",
            "KAFKA_BOOTSTRAP_SERVERS": self.system.kafka.bootstrap,
        }
        command = [sys.executable, "-m", "shared.replay", *arguments, "--group", "tips"]
        return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)

    def dead_letters(self) -> list[str]:
        """Their reasons."""
        reader = Consumer(
            {
                "bootstrap.servers": self.system.kafka.bootstrap,
                "group.id": f"test-{uuid.uuid4()}",
                "auto.offset.reset": "earliest",
            }
        )
        reader.subscribe(["tips.dlt"])
        found: list[str] = []
        while (record := reader.poll(3 if not found else 0.5)) is not None:
            reason = dict(record.headers() or {}).get("x-reason")
            found += [reason.decode()] if isinstance(reason, bytes) else []
        reader.close()
        return found


def a_case() -> str:
    return f"case_{uuid.uuid4().hex[:26]}"
