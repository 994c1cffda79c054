"""Looks at the system from outside, through its databases and topics, and holds them against each other."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from tests.support.disputes import Dispute
from tests.support.system import System

TIP_TOPIC = "tips.tip.v1"
# Where each aggregate is kept, and the topic that tells of it.
KEPT = {
    ("tips", "tips"): TIP_TOPIC,
    ("mediation", "cases"): "mediation.case.v1",
    ("notifications", "alerts"): "notifications.notice.v1",
    ("analytics", "statistics"): "analytics.signal.v1",
}
TOPICS = tuple(KEPT.values())
# What analytics makes facts of.
COUNTED_TOPICS = TOPICS[:3]


def records_of(bootstrap: str, topic: str) -> list[KafkaMessage]:
    """Every record of `topic`, in order per partition, read by a client that shares no code with ours.

    Raises AssertionError while the broker cannot say, so that a caller may wait.
    """
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "outside", "enable.auto.commit": False, "log_level": 0}
    )
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        places = [TopicPartition(topic, number, 0) for number in partitions]
        left = {place.partition: consumer.get_watermark_offsets(place, timeout=10)[1] for place in places}
        consumer.assign(places)
        found: list[KafkaMessage] = []
        while _unread(found, left):
            message = consumer.poll(10)
            assert message is not None, f"{topic}: records up to {left} were promised"
            assert message.error() is None, message.error()
            found.append(message)
        return found
    except KafkaException as failure:
        raise AssertionError(f"{topic} cannot be read: {failure}") from failure
    finally:
        consumer.close()


def _unread(found: list[KafkaMessage], ends: Mapping[int, int]) -> list[int]:
    last = {message.partition(): (message.offset() or 0) + 1 for message in found}
    return [number for number, end in ends.items() if end > 0 and last.get(number, 0) < end]


def headers_of(message: KafkaMessage) -> dict[str, bytes]:
    """By name; every header of ours stands once."""
    return dict(cast(list[tuple[str, bytes]], message.headers() or []))


Numbers = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Per aggregate: its last number and its topic as its own database has them, and its numbers on Kafka (as
    they came), in the log of notifications and among the facts of analytics."""

    stored: Mapping[str, tuple[int, str]]
    published: Numbers
    logged: Numbers
    counted: Numbers

    def faults(self, accepted: Collection[str]) -> list[str]:
        """What is lost, missing, out of order or double; empty when all is well. `accepted` are ids that must
        be there; whatever else is there is held to the same."""
        found = [f"{id} was accepted and is not stored" for id in accepted if id not in self.stored]
        for id, (last, topic) in self.stored.items():
            wanted = list(range(1, last + 1))
            if list(dict.fromkeys(self.published.get(id, []))) != wanted:
                found.append(f"{id} has {last} events, Kafka shows {self.published.get(id)}")
            for where, numbers in (("the log", self.logged), ("analytics", self.counted)):
                if where == "analytics" and topic not in COUNTED_TOPICS:
                    continue
                if sorted(numbers.get(id, [])) != wanted:
                    found.append(f"{id} has {last} events, {where} has {numbers.get(id)}")
        return found

    def events(self) -> list[str]:
        """The ids of all events there must be."""
        return [f"{id}:{number}" for id, (last, _) in self.stored.items() for number in range(1, last + 1)]


def look(system: System) -> Seen:
    """Everything there is now."""
    with system.databases() as client:
        stored = {
            document["_id"]: (document["sequence"], topic)
            for (database, collection), topic in KEPT.items()
            for document in client[database][collection].find({}, {"sequence": 1})
        }
        logged = _numbers(client["notifications"]["log"].find({}, {"subject": 1, "sequence": 1}))
        counted = _numbers(client["analytics"]["facts"].find({}, {"subject": 1, "sequence": 1}))
    published: dict[str, list[int]] = defaultdict(list)
    for topic in TOPICS:
        for message in records_of(system.kafka.bootstrap, topic):
            if number := headers_of(message).get("ce_sequence"):
                published[(message.key() or b"").decode()].append(int(number))
    return Seen(stored=stored, published=published, logged=logged, counted=counted)


def _numbers(documents: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for document in documents:
        found[document["subject"]].append(document["sequence"])
    return found


def mediation_faults(system: System, disputes: Sequence[Dispute]) -> list[str]:
    """Where a referral has not exactly one case, or the end of its talks not one effect on its tip."""
    found = []
    with system.databases() as client:
        for dispute in disputes:
            cases = [
                one["_id"] for one in client["mediation"]["cases"].find({"tip_id": dispute.tip}, {"_id": 1})
            ]
            if cases != [dispute.case]:
                found.append(f"{dispute.tip} was referred once and has the cases {cases}")
            tip = client["tips"]["tips"].find_one({"_id": dispute.tip}) or {}
            done = [entry["what"] for entry in tip.get("timeline", ())]
            wanted = ["resolved", "replied"] if dispute.settled else ["returned"]
            after = (
                done[done.index("referred_to_mediation") + 1 :] if "referred_to_mediation" in done else done
            )
            if after != wanted:
                found.append(f"{dispute.tip} was to be {wanted}, its history goes on with {after}")
    return found
