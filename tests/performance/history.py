"""`python -m tests.performance.history <count>`: writes so many events of tips to Kafka, as tips would have.

With KAFKA_BOOTSTRAP_SERVERS in the environment. Every tip has a course of five events over some days; tips
come from 200 residential areas of 40 wards over 60 days.
"""

import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from confluent_kafka import Producer

from shared.contracts.vocabulary import Category
from shared.events import Event, to_kafka
from tests.performance.bed import TIPS_TOPIC
from tests.support.tip_events import tip_event

# What becomes of a tip, and how long after its receipt.
COURSE = (
    ("received", timedelta()),
    ("classified", timedelta(hours=2)),
    ("resolved", timedelta(days=2)),
    ("replied", timedelta(days=2, hours=1)),
    ("closed", timedelta(days=9)),
)
WARDS, PLACES, DAYS = 40, 5, 60
_BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
_CATEGORIES = [category.value for category in Category if category is not Category.OFFICER_MISCONDUCT]


def history(count: int) -> Iterator[Event]:
    """`count` events in the order in which they happened; the same ones each time."""
    return iter(sorted(_courses(count), key=lambda event: event.time))


def _courses(count: int) -> Iterator[Event]:
    chance = random.Random(count)
    for number in range(-(-count // len(COURSE))):
        ward, place = divmod(chance.randrange(WARDS * PLACES), PLACES)
        received = _BEGAN + timedelta(seconds=chance.randrange(DAYS * 86_400))
        for sequence, (what, later) in enumerate(COURSE[: count - number * len(COURSE)], 1):
            yield tip_event(
                what,
                tip=number,
                sequence=sequence,
                area=f"99/{99_001 + ward}/tdp-{place + 1}",
                at=received + later,
                received_at=received,
                category=_CATEGORIES[number % len(_CATEGORIES)],
            )


def write(bootstrap: str, count: int) -> None:
    room = {"queue.buffering.max.messages": 2_000_000, "linger.ms": 20}
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "log_level": 0, **room})
    for event in history(count):
        key, value, headers = to_kafka(event)
        producer.produce(TIPS_TOPIC, key=key, value=value, headers=dict(headers))
        producer.poll(0)
    if left := producer.flush(60):
        raise SystemExit(f"{left} events were not written")


if __name__ == "__main__":
    write(os.environ["KAFKA_BOOTSTRAP_SERVERS"], int(sys.argv[1]))
