"""A sound world, and what is planted in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from tests.chaos.evidence import Evidence, Post, Stored, Told

V = TypeVar("V")


Change = Callable[[Evidence], Evidence]


TIPS, CASES, NOTICES, SIGNALS = (
    "tips.tip.v1",
    "mediation.case.v1",
    "notifications.notice.v1",
    "analytics.signal.v1",
)


STEPS = ("received", "classified", "assigned", "resolved")


REFERRED = ("received", "classified", "referred_to_mediation", "resolved", "replied")


TALKS = ("requested", "scope_decided", "concluded")


def told(subject: str, service: str, whats: Sequence[str]) -> list[Told]:
    return [Told(subject, n, f"liengia.{service}.{what}.v1") for n, what in enumerate(whats, 1)]


def world() -> Evidence:
    """Two plain tips, one by Kafka, a dispute with its case, a case by request, an alert and a figure."""
    stored = {
        "tip_a": Stored(TIPS, 4, STEPS, mark="m1"),
        "tip_b": Stored(TIPS, 4, STEPS, mark="m2"),
        "tip_k": Stored(TIPS, 1, ("received",), mark="m3"),
        "tip_d": Stored(TIPS, 5, REFERRED),
        "case_d": Stored(CASES, 3, TALKS, tip="tip_d", outcome="successful"),
        "case_r": Stored(CASES, 2, TALKS[:2]),
        "alert_1": Stored(NOTICES, 1),
        "figure_1": Stored(SIGNALS, 1),
    }
    published = {
        TIPS: [
            *told("tip_a", "tip", STEPS),
            *told("tip_b", "tip", STEPS),
            *told("tip_k", "tip", STEPS[:1]),
            *told("tip_d", "tip", REFERRED),
        ],
        CASES: [*told("case_d", "mediation", TALKS), *told("case_r", "mediation", TALKS[:2])],
        NOTICES: told("alert_1", "alert", ("issued",)),
        SIGNALS: told("figure_1", "statistic", ("reported",)),
    }
    everything = [one for each in published.values() for one in each]
    numbers = {id: list(range(1, one.sequence + 1)) for id, one in stored.items()}
    accepted: list[dict[str, Any]] = [
        *({"kind": "tip", "id": f"tip_{name}", "mark": mark} for name, mark in (("a", "m1"), ("b", "m2"))),
        *(
            {"kind": "transition", "id": f"tip_{name}", "call": call, "version": version}
            for name in "ab"
            for version, call in enumerate(("classify", "assign", "resolve"), 2)
        ),
        {"kind": "submission", "id": "ce-1", "mark": "m3"},
        {"kind": "case", "id": "case_r"},
        {"kind": "transition", "id": "case_r", "call": "scope-check", "version": 2},
        {"kind": "call", "id": "alert_1", "at_path": "/alerts"},
    ]
    return Evidence(
        accepted=accepted,
        noted=[{"kind": "dispute", "id": "tip_d", "case": "case_d", "settled": True}],
        asked={"tip": 2, "submission": 1, "case": 1, "dispute": 1, "alert": 1, "statistic": 1},
        stored=stored,
        published=published,
        journal={topic.split(".")[0]: frozenset(one.id for one in each) for topic, each in published.items()},
        logged=numbers,
        counted={id: numbers[id] for id, one in stored.items() if one.topic != SIGNALS},
        public=frozenset({"alert_1:1", "figure_1:1"}),
        posted={"portal": [Post(f"msg-{one.id}", one.id) for one in everything]},
        figures={
            "tip.received": 4,
            "tip.resolved": 3,
            "tip.referred": 1,
            "tip.replied": 1,
            "mediation.requested": 2,
            "alert.issued": 1,
            "mediation.successful": 1,
            "mediation.ended": None,
        },
    )


def put(mapping: Mapping[str, V], name: str, value: V) -> dict[str, V]:
    return {**mapping, name: value}


def without(mapping: Mapping[str, V], name: str) -> dict[str, V]:
    return {key: value for key, value in mapping.items() if key != name}


def stored(id: str, **changes: Any) -> Change:
    return lambda world: replace(world, stored=put(world.stored, id, replace(world.stored[id], **changes)))


def another(id: str, one: Stored) -> Change:
    return lambda world: replace(world, stored=put(world.stored, id, one))


def published(topic: str, change: Callable[[list[Told]], Sequence[Told]]) -> Change:
    return lambda world: replace(
        world, published=put(world.published, topic, change(list(world.published[topic])))
    )


def swapped(topic: str, at: int) -> Change:
    return published(topic, lambda all: [*all[:at], all[at + 1], all[at], *all[at + 2 :]])


def dropped(topic: str, at: int) -> Change:
    return published(topic, lambda all: [*all[:at], *all[at + 1 :]])


def numbers(where: str, id: str, given: Sequence[int]) -> Change:
    return lambda world: replace(world, **{where: put(getattr(world, where), id, given)})  # type: ignore[arg-type]


def posts(change: Callable[[list[Post]], Sequence[Post]]) -> Change:
    return lambda world: replace(world, posted={"portal": change(list(world.posted["portal"]))})


def figure(name: str, value: int | None) -> Change:
    return lambda world: replace(world, figures=put(world.figures, name, value))


def journal_without(service: str, event: str) -> Change:
    return lambda world: replace(world, journal=put(world.journal, service, world.journal[service] - {event}))


def public(*ids: str) -> Change:
    return lambda world: replace(world, public=frozenset(ids))


def gone(id: str) -> Change:
    return lambda world: replace(world, stored=without(world.stored, id))
