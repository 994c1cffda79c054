"""One key whose head cannot be applied: three conclusions of one case, the first for a tip that is broken."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from confluent_kafka import Producer
from pymongo.errors import PyMongoError

from shared.contracts import check
from shared.events import Event, to_kafka
from tests.chaos.journeys import next_mark
from tests.chaos.stage import Stage
from tests.support.disputes import Talks, found_team
from tests.support.tip_events import letters
from tests.support.waiting import eventually

CONCLUDED = "liengia.mediation.concluded.v1"
# Another ward: no figure that is reconciled counts what was planted.
ELSEWHERE = "98/98001/tdp-1"


@dataclass
class BlockedKey:
    """`tips` were really referred; the case `subject` is planted on the topic and concludes all three."""

    stage: Stage
    tips: Sequence[str]
    subject: str

    @classmethod
    async def prepare(cls, stage: Stage) -> "BlockedKey":
        calls = stage.traffic.journeys.calls()
        team = await found_team(calls)
        referred = await asyncio.gather(*(Talks(calls, team).refer() for _ in range(3)))
        subject = f"case_{letters(uuid4().int % 10**9)}"
        stage.system.planted.add(subject)
        return cls(stage, [tip for tip, _, _ in referred], subject)

    def event_id(self, number: int) -> str:
        return f"{self.subject}:{number + 1}"

    @contextmanager
    def broken(self) -> Iterator[None]:
        """The first tip cannot be read by the service while the block runs: its state is no word it knows."""
        which = {"_id": self.tips[0]}
        with self.stage.system.databases() as client:
            tips = client["tips"]["tips"]
            status = tips.find_one(which)["status"]  # type: ignore[index]
            tips.update_one(which, {"$set": {"status": "broken"}})
            try:
                yield
            finally:
                tips.update_one(which, {"$set": {"status": status}})

    def conclude(self) -> None:
        """Three events of one key, each ending the talks over another tip."""
        producer = Producer(
            {"bootstrap.servers": self.stage.system.kafka.bootstrap, "acks": "all", "log_level": 0}
        )
        now = datetime.now(UTC)
        for number, tip in enumerate(self.tips):
            data = {
                "area": ELSEWHERE,
                "state": "closed",
                "dispute_type": "noise",
                "requested_at": now.isoformat(),
                "outcome": "ended",
                "tip_id": tip,
                "referral": 1,
            }
            check(CONCLUDED, data)
            source = "/services/mediation"
            event = Event(self.event_id(number), CONCLUDED, source, self.subject, now, number + 1, data)
            key, value, headers = to_kafka(event)
            producer.produce("mediation.case.v1", key=key, value=value, headers=list(headers))
        assert producer.flush(30) == 0

    def parked_in_order(self) -> bool:
        """Head and followers, as they are kept."""
        with self.stage.system.databases() as client:
            kept = list(client["tips"]["parked"].find({"key": self.subject}).sort("order", 1))
        found = [(one["order"]["sequence"], one["reason"]) for one in kept]
        assert found == [(1, "failing"), (2, "follower"), (3, "follower")], found
        return True

    def returned(self) -> list[int]:
        """How often each of the tips was given back."""
        with self.stage.system.databases() as client:
            tips = client["tips"]["tips"]
            found = {one["_id"]: one for one in tips.find({"_id": {"$in": list(self.tips)}})}
        return [[one["what"] for one in found[tip]["timeline"]].count("returned") for tip in self.tips]


async def latencies(stage: Stage, count: int, per_second: float) -> list[float]:
    """Seconds from sending a report over Kafka until its tip is stored: what other keys of the same consumer
    see. Raises AssertionError when one does not come."""
    seen: dict[str, float] = {}
    stop = threading.Event()
    listening = asyncio.create_task(asyncio.to_thread(_watch, stage, seen, stop))
    sent: dict[str, float] = {}
    sending: list[asyncio.Task[None]] = []
    try:
        await eventually(lambda: stop.is_set() or "ready" in seen)
        for _ in range(count):
            mark = next_mark()
            sent[mark] = time.monotonic()
            sending.append(asyncio.create_task(stage.traffic.submissions.send(mark)))
            await asyncio.sleep(1 / per_second)
        await asyncio.gather(*sending)
        await eventually(lambda: sent.keys() <= seen.keys(), within=30)
    finally:
        stop.set()
        await listening
    return [seen[mark] - at for mark, at in sent.items()]


def percentile(values: Sequence[float], which: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * which // 100)]


def _watch(stage: Stage, seen: dict[str, float], stop: threading.Event) -> None:
    """Notes when each tip was stored, by its mark."""
    inserted = [{"$match": {"operationType": "insert"}}]
    try:
        with stage.system.databases() as client, client["tips"]["tips"].watch(inserted) as changes:
            seen["ready"] = time.monotonic()
            while not stop.is_set():
                change = changes.try_next()
                if change is None:
                    stop.wait(0.01)
                    continue
                moment = change["fullDocument"].get("occurred_at")
                if moment is not None:
                    seen[f"{moment.isoformat()}+00:00"] = time.monotonic()
    except PyMongoError:
        stop.set()
