"""Where everything is kept, and Kafka from outside; `tests/chaos/reconcile.py` says what must hold of it."""

from collections.abc import Mapping
from typing import cast

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

TIP_TOPIC = "tips.tip.v1"
# Where each aggregate is kept, and the topic that tells of it.
KEPT = {
    ("tips", "tips"): TIP_TOPIC,
    ("mediation", "cases"): "mediation.case.v1",
    ("notifications", "alerts"): "notifications.notice.v1",
    ("analytics", "statistics"): "analytics.signal.v1",
}
TOPICS = tuple(KEPT.values())


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
