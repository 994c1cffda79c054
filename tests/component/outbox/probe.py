"""The smallest aggregate that emits events: a counter with a text and one clock mark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from shared.clock import Clock
from shared.contracts.base import EventData
from shared.decision import Decision, Happened, Noted
from shared.errors import Conflict
from shared.mongo import Database
from shared.outbox import Caps, Outbox, Storage


@dataclass(frozen=True, slots=True)
class Counter:
    count: int
    text: str = ""
    status: str = "open"
    due: datetime | None = None


class Moved(EventData):
    TYPE = "liengia.probe.moved.v1"
    TOPIC = "probe"
    count: int
    filler: str = ""


class CounterCodec:
    def to_fields(self, state: Counter) -> dict[str, Any]:
        return {"count": state.count, "text": state.text, "status": state.status, "due": state.due}

    def from_fields(self, document: Mapping[str, Any]) -> Counter:
        return Counter(document["count"], document["text"], document["status"], document["due"])


@cache
def _moved_to(topic: str) -> type[Moved]:
    class MovedTo(Moved):
        TOPIC = topic

    return MovedTo


def counters(
    storage: Database | Storage,
    clock: Clock,
    *,
    topic: str = "probe",
    caps: Caps | None = None,
    logs_history: bool = True,
) -> Outbox[Counter]:
    told = _moved_to(topic)

    def word(id: str, state: Counter, happened: Happened) -> Moved:
        filler = str(happened.facts.get("filler", ""))
        return told(area="99/99001", state=state.status, count=state.count, filler=filler)

    return Outbox(
        storage,
        "counters",
        codec=CounterCodec(),
        word=word,
        source="/services/probe",
        clock=clock,
        caps=caps,
        logs_history=logs_history,
    )


def begin(*, text: str = "", events: int = 1, due: datetime | None = None) -> Decision[Counter]:
    state = Counter(0, text, due=due)
    return Decision(state, (Happened("probe.moved"),) * events, (Noted("begun"),), due)


def step(state: Counter, now: datetime) -> Decision[Counter]:
    """One more, told by one event."""
    moved = (Happened("probe.moved"),)
    return Decision(replace(state, count=state.count + 1), moved, (Noted("moved"),), state.due)


def two_steps(state: Counter, now: datetime) -> Decision[Counter]:
    return replace(step(state, now), happened=(Happened("probe.moved"),) * 2)


def refuse(state: Counter, now: datetime) -> Decision[Counter]:
    raise Conflict("Not now.", code="not_now")


def fire(state: Counter, now: datetime) -> Decision[Counter]:
    """Fires the mark once, then has nothing due."""
    if state.due is None or state.due > now:
        return Decision(state, next_due=state.due)
    return Decision(replace(state, due=None, status="fired"), (Happened("probe.fired"),))
