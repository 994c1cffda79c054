"""Events, contracts and effects with which the consumer is tried; nothing of a real service."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from shared.consume import Record
from shared.errors import NotYet
from shared.events import Event, to_kafka

SEEN = "liengia.probe.seen.v1"
OF_NOBODY = "liengia.probe.of_nobody.v1"
_AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class SeenData(BaseModel):
    area: str
    count: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "SeenData":
        return cls.model_validate(data)


def contract_for(event_type: str) -> type[SeenData] | None:
    return SeenData if event_type == SEEN else None


@dataclass(frozen=True)
class Message:
    """What is put on a topic: bytes and headers, good or bad."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def message(subject: str, sequence: int | None, *, count: int = 1, kind: str = SEEN) -> Message:
    """A good event of `subject`; its id is `<subject>:<sequence>`."""
    data = {"area": "99/99001", "count": count}
    event = Event(f"{subject}:{sequence}", kind, "/services/probe", subject, _AT, sequence, data)
    key, value, headers = to_kafka(event)
    return Message(key, value, tuple(headers))


def with_header(good: Message, name: str, value: bytes) -> Message:
    return Message(good.key, good.value, (*((n, v) for n, v in good.headers if n != name), (name, value)))


def poisons() -> dict[str, Message]:
    """One record of each kind that can never be processed, by the reason it is given up for."""
    good = message("probe_poison", 1)
    return {
        "bad_headers": with_header(good, "ce_id", b"\xff\xfe"),
        "no_value": Message(good.key, None, good.headers),
        "not_json": Message(good.key, b"{half", good.headers),
        "schema": Message(good.key, b'{"area": "99/99001", "count": "many"}', good.headers),
        "unknown_major": with_header(good, "ce_type", SEEN.replace(".v1", ".v7").encode()),
    }


def row(event: Event, record: Record) -> list[dict[str, Any]]:
    return [{"subject": event.subject, "sequence": event.sequence, "count": event.data["count"]}]


def copy(event: Event) -> dict[str, Any] | None:
    """A count of 0 stands for an erasure."""
    return {"count": event.data["count"]} if event.data["count"] else None


@dataclass
class Desk:
    """An aggregate that reacts, guarded as `seen` does. `answer` may raise first."""

    answer: Callable[[Event], Awaitable[None]] | None = None
    applied: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    async def apply(self, event: Event) -> None:
        self.calls.append(event.id)
        if self.answer is not None:
            await self.answer(event)
        if (event.sequence or 0) > self.seen.get(event.subject, 0):
            self.seen[event.subject] = event.sequence or 0
            self.applied.append(event.id)


@dataclass
class Gate:
    """Answers NotYet for the subjects in `closed`."""

    closed: set[str]

    async def __call__(self, event: Event) -> None:
        if event.subject in self.closed:
            raise NotYet("what it needs is not there")
