"""Looks at the system from outside: MongoDB, Kafka and analytics, through the stores themselves."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from tests.support.system import System

TIP_TOPIC = "tips.tip.v1"


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


@dataclass(frozen=True, slots=True)
class Seen:
    """Per tip: the sequence numbers in MongoDB (last), on Kafka (as they came) and in analytics."""

    stored: Mapping[str, int]
    published: Mapping[str, list[int]]
    counted: Mapping[str, list[int]]

    def faults(self, accepted: Collection[str]) -> list[str]:
        """What is lost, missing, out of order or double among `accepted` tips; empty when all is well."""
        found: list[str] = []
        for tip in accepted:
            last = self.stored.get(tip)
            if last is None:
                found.append(f"{tip} was accepted and is not stored")
                continue
            wanted = list(range(1, last + 1))
            first_deliveries = list(dict.fromkeys(self.published.get(tip, [])))
            if first_deliveries != wanted:
                found.append(f"{tip} has {last} events, Kafka shows {self.published.get(tip)}")
            if sorted(self.counted.get(tip, [])) != wanted:
                found.append(f"{tip} has {last} events, analytics has {self.counted.get(tip)}")
        return found


def look(system: System) -> Seen:
    """Everything there is now, of every tip."""
    with system.databases() as client:
        tips: list[dict[str, Any]] = list(client["tips"]["tips"].find({}, {"sequence": 1}))
        facts: list[dict[str, Any]] = list(
            client["analytics"]["facts"].find({}, {"subject": 1, "sequence": 1})
        )
    published: dict[str, list[int]] = defaultdict(list)
    for message in records_of(system.kafka.bootstrap, TIP_TOPIC):
        published[(message.key() or b"").decode()].append(int(headers_of(message)["ce_sequence"]))
    counted: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        counted[fact["subject"]].append(fact["sequence"])
    return Seen(
        stored={tip["_id"]: tip["sequence"] for tip in tips},
        published=published,
        counted=counted,
    )
