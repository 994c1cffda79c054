"""What all databases say at one moment, to compare two moments; and whether all has been read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from confluent_kafka import Consumer, TopicPartition

from shared.contracts.topics import EVENT_TOPICS
from tests.support.reconcile import KEPT, TOPICS, headers_of, records_of
from tests.support.system import SERVICES, System

# Indicators that follow from the number of facts of one type.
COUNTED = {
    "tip.received": "liengia.tip.received.v1",
    "tip.resolved": "liengia.tip.resolved.v1",
    "tip.referred": "liengia.tip.referred_to_mediation.v1",
    "tip.replied": "liengia.tip.replied.v1",
    "mediation.requested": "liengia.mediation.requested.v1",
    "mediation.concluded": "liengia.mediation.concluded.v1",
    "alert.issued": "liengia.alert.issued.v1",
}
_OF_A_LETTER = ("x-origin-topic", "x-origin-partition", "x-origin-offset", "x-reason")


@dataclass(frozen=True)
class Snapshot:
    """`aggregates`: version and number of each; `cases`: what anybody was told of a case; `log`: the place of
    each event; `facts`, `figures`: of analytics; `letters`: of which records each group gave up, and why."""

    aggregates: Mapping[str, tuple[int, int]]
    cases: Mapping[str, Mapping[str, Any]]
    log: Mapping[str, tuple[int, int]]
    facts: frozenset[str]
    figures: Mapping[str, Any]
    letters: Mapping[str, frozenset[tuple[bytes, ...]]]


def snapshot(system: System) -> Snapshot:
    told = ("status", "tip_id", "referral", "dispute_type", "area", "outcome", "requested_at", "sequence")
    with system.databases() as client:
        aggregates = {
            document["_id"]: (document["version"], document["sequence"])
            for database, collection in KEPT
            for document in client[database][collection].find({}, {"version": 1, "sequence": 1})
        }
        cases = {
            case["_id"]: {name: case.get(name) for name in told}
            for case in client["mediation"]["cases"].find({}, dict.fromkeys(told, 1))
        }
        log = {
            entry["_id"]: (entry["log"], entry["n"])
            for entry in client["notifications"]["log"].find({}, {"log": 1, "n": 1})
        }
        facts = frozenset(fact["_id"] for fact in client["analytics"]["facts"].find({}, {"_id": 1}))
    letters = {name: _letters(system, name) for name in SERVICES}
    return Snapshot(aggregates, cases, log, facts, figures(system), letters)


def _letters(system: System, group: str) -> frozenset[tuple[bytes, ...]]:
    told = [headers_of(letter) for letter in records_of(system.kafka.bootstrap, f"{group}.dlt")]
    return frozenset(tuple(headers[name] for name in _OF_A_LETTER) for headers in told)


def figures(system: System) -> dict[str, Any]:
    """What analytics answers for the ward."""
    answer = httpx.get(
        f"{system.of('analytics')[0].url}/indicators?area=99/99001",
        headers=system.bearer("indicators:read"),
        timeout=10,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    return {item["indicator"]: item["figure"]["value"] for item in answer.json()["items"]}


def figures_follow_the_facts(system: System) -> bool:
    """Whether analytics answers for the ward what its facts add up to, each event once, and what happened."""
    shown = figures(system)
    with system.databases() as client:
        facts = client["analytics"]["facts"]
        for name, kind in COUNTED.items():
            assert shown[name] == facts.count_documents({"type": kind}), name
        cases = client["mediation"]["cases"]
        assert shown["mediation.successful"] == cases.count_documents({"outcome": "successful"})
        assert shown["mediation.ended"] == cases.count_documents({"outcome": "ended"})
    return True


def all_is_read(system: System, groups: Sequence[str] = SERVICES) -> bool:
    """Whether every group has committed the end of each topic that it reads."""
    for topic in EVENT_TOPICS:
        if topic.name in TOPICS:
            for group in groups:
                if group in topic.consumers:
                    assert _unread(system.kafka.bootstrap, group, topic.name) == {}, (group, topic.name)
    return True


def _unread(bootstrap: str, group: str, topic: str) -> dict[int, tuple[int, int]]:
    """Committed and end of each partition that is not read to its end."""
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "log_level": 0})
    try:
        numbers = reader.list_topics(topic, timeout=10).topics[topic].partitions
        places = [TopicPartition(topic, number) for number in numbers]
        committed = {one.partition: max(one.offset, 0) for one in reader.committed(places, timeout=10)}
        ends = {one.partition: reader.get_watermark_offsets(one, timeout=10)[1] for one in places}
        return {number: (committed[number], end) for number, end in ends.items() if committed[number] < end}
    finally:
        reader.close()
