"""Records that no reader can process, each broken in its own way, beside sound ones."""

import json

from confluent_kafka import Producer

from shared.contracts.topics import EVENT_TOPICS
from tests.support.reconcile import headers_of, records_of
from tests.support.system import AREA, System

# A type that every reader of the topic reacts to.
HEEDED = {
    "tips.tip.v1": "liengia.tip.referred_to_mediation.v1",
    "mediation.case.v1": "liengia.mediation.concluded.v1",
    "notifications.notice.v1": "liengia.alert.issued.v1",
    "analytics.signal.v1": "liengia.statistic.reported.v1",
}
READERS = {topic.name: topic.consumers for topic in EVENT_TOPICS}
# Why each of them is given up, in the order in which `break_in` writes them.
REASONS = ("bad_headers", "no_value", "not_json", "schema", "unknown_major")
Letter = tuple[str, str, str]


def break_in(system: System, topic: str, key: str) -> None:
    """One record of each fault that `REASONS` names, and one of a type that nobody knows yet. The topic must
    hold an event of the type that `HEEDED` names.
    """
    system.planted.add(key)
    sound = next(
        message
        for message in records_of(system.kafka.bootstrap, topic)
        if headers_of(message).get("ce_type") == HEEDED[topic].encode()
    )
    headers, value = headers_of(sound), sound.value()
    later = HEEDED[topic].removesuffix("v1") + "v9"
    broken: list[tuple[dict[str, bytes], bytes | None]] = [
        ({**headers, "ce_type": b"\xff\xfe"}, value),
        (headers, None),
        (headers, b"{" + key.encode()),
        (headers, json.dumps({"area": AREA}).encode()),
        ({**headers, "ce_type": later.encode()}, value),
        ({**headers, "ce_type": b"liengia.tip.not_yet_invented.v1"}, value),
    ]
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
    for told, content in broken:
        producer.produce(topic, key=key, value=content, headers=list(told.items()))
    assert producer.flush(30) == 0


def letters_wanted(topics: tuple[str, ...]) -> list[Letter]:
    """(group, topic, reason) of every dead letter that `break_in` on these topics makes."""
    return sorted((group, topic, why) for topic in topics for group in READERS[topic] for why in REASONS)


def letters_found(system: System, topics: tuple[str, ...], key: str) -> list[Letter]:
    """The dead letters of that key, as they stand in the topics of their groups."""
    found = []
    for group in {group for topic in topics for group in READERS[topic]}:
        for letter in records_of(system.kafka.bootstrap, f"{group}.dlt"):
            if (letter.key() or b"").decode() == key:
                told = headers_of(letter)
                found.append((group, told["x-origin-topic"].decode(), told["x-reason"].decode()))
    return sorted(found)
