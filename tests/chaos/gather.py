"""Fetches the evidence: MongoDB and Kafka read directly, by clients that share no code with the services."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo import MongoClient

from tests.chaos.evidence import Evidence, Post, Stored, Told
from tests.chaos.ledger import Ledger
from tests.support.portal import Portal
from tests.support.reconcile import KEPT, TOPICS, headers_of, records_of
from tests.support.snapshot import figures
from tests.support.system import SERVICES, System

Databases = MongoClient[dict[str, Any]]
_FIELDS = ("sequence", "timeline.what", "pending.sequence", "occurred_at", "tip_id", "outcome")


def gather(system: System, ledger: Ledger, portals: Mapping[str, Portal]) -> Evidence:
    """All there is now, without the subjects that were planted on the topics. Raises AssertionError while a
    part cannot be asked.
    """
    with system.databases() as client:
        public = frozenset(one["_id"] for one in client["notifications"]["public_items"].find({}, {"_id": 1}))
        journal = {name: _journal(client, name) for name in SERVICES}
    return replace(
        stores_and_topics(system),
        accepted=list(ledger.accepted()),
        noted=list(ledger.noted()),
        asked=dict(ledger.asked),
        journal={name: events for name, (events, _) in journal.items()},
        gaps=[gap for _, gaps in journal.values() for gap in gaps],
        public=public,
        posted={name: posts_of(portal, system.planted) for name, portal in portals.items()},
        wants={name: portal.types for name, portal in portals.items()},
        figures=figures(system),
    )


def stores_and_topics(system: System) -> Evidence:
    """What the aggregates, the topics and the readers hold now. Raises AssertionError."""
    planted = system.planted
    with system.databases() as client:
        ours = {"subject": {"$nin": list(planted)}}
        in_place = [("log", 1), ("n", 1)]
        return Evidence(
            stored={id: one for id, one in _stored(client) if id not in planted},
            published={topic: _published(system, topic, planted) for topic in TOPICS},
            logged=_numbers(client["notifications"]["log"].find(ours, _OF_A_ROW).sort(in_place)),
            counted=_numbers(client["analytics"]["facts"].find(ours, _OF_A_ROW)),
        )


_OF_A_ROW = {"subject": 1, "sequence": 1}


def _stored(client: Databases) -> Iterable[tuple[str, Stored]]:
    for (database, collection), topic in KEPT.items():
        for one in client[database][collection].find({}, dict.fromkeys(_FIELDS, 1)):
            is_case = collection == "cases"
            yield (
                one["_id"],
                Stored(
                    topic=topic,
                    sequence=one["sequence"],
                    done=tuple(entry["what"] for entry in one.get("timeline", ())),
                    pending=tuple(event["sequence"] for event in one.get("pending", ())),
                    mark=_mark(one.get("occurred_at")) if collection == "tips" else None,
                    tip=one.get("tip_id") if is_case else None,
                    outcome=one.get("outcome") if is_case else None,
                ),
            )


def _mark(moment: datetime | None) -> str | None:
    """As the ledger spells it: UTC, which MongoDB's client here gives without saying so."""
    return None if moment is None else f"{moment.replace(tzinfo=None).isoformat()}+00:00"


def _numbers(documents: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for document in documents:
        found[document["subject"]].append(document["sequence"])
    return found


def _journal(client: Databases, service: str) -> tuple[frozenset[str], list[str]]:
    """The events of all lanes, and the numbers that a lane skips."""
    events, last, gaps = set(), dict[int, int](), list[str]()
    for one in client[service]["journal"].find({}, {"id": 1}).sort("_id", 1):
        lane, n = one["_id"]["lane"], int(one["_id"]["n"])
        if n != last.get(lane, n - 1) + 1:
            gaps.append(f"the numbers {last[lane] + 1} to {n - 1} of {service}'s lane {lane}")
        last[lane] = n
        events.add(one["id"])
    return frozenset(events), gaps


def _published(system: System, topic: str, planted: Collection[str]) -> list[Told]:
    told = []
    for message in records_of(system.kafka.bootstrap, topic):
        headers, subject = headers_of(message), (message.key() or b"").decode()
        if subject in planted:
            continue
        if number := headers.get("ce_sequence"):
            kind = headers.get("ce_type", b"").decode(errors="replace")
            told.append(Told(subject, int(number), kind))
    return told


def posts_of(portal: Portal, planted: Collection[str] = ()) -> list[Post]:
    """What came to a receiver."""
    events = [(post.id, post.event) for post in portal.receiver.posts]
    return [Post(id, event["id"]) for id, event in events if event["subject"] not in planted]
