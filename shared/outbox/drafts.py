"""What a decision writes: the first document of an aggregate, and the change to one. Pure."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from shared.contracts.base import Contract
from shared.decision import Decision, Happened, Noted
from shared.errors import Refused
from shared.outbox import documents, timeline
from shared.outbox.ports import Change, Document
from shared.outbox.timeline import Caps, TimelineEntry

S = TypeVar("S")


class Codec(Protocol[S]):
    """State to named fields and back. Field names must not be the outbox's own; values are BSON-native."""

    def to_fields(self, state: S) -> dict[str, Any]: ...

    def from_fields(self, document: Mapping[str, Any]) -> S: ...


Wording = Callable[[str, S, Happened], Contract]
Decide = Callable[[S, datetime], Decision[S]]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is written. `actor`: `officer:<sub>`, `reporter`, `system:clock`, `event:<type>`.

    `seen`, for reactions: (subject of the event reacted to, its sequence). What was seen before has no
    effect.
    """

    actor: str
    traceparent: str | None = None
    seen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    """An aggregate as read or as just written. `version` is the ETag, `sequence` the number of events it
    emitted; `extra` are the fields given at creation only."""

    id: str
    state: S
    version: int
    sequence: int
    timeline: tuple[TimelineEntry, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafts(Generic[S]):
    """Drafts writes for one collection; the outbox carries them out."""

    codec: Codec[S]
    word: Wording[S]
    source: str
    status_field: str
    caps: Caps
    logs_history: bool = False

    def read(self, document: Document) -> Loaded[S]:
        state = self.codec.from_fields(document)
        known = documents.OWN_FIELDS | self.codec.to_fields(state).keys()
        return Loaded(
            id=document["_id"],
            state=state,
            version=document["version"],
            sequence=document["sequence"],
            timeline=tuple(map(timeline.from_document, document["timeline"])),
            extra={name: value for name, value in document.items() if name not in known},
        )

    def first(
        self, id: str, decision: Decision[S], cause: Cause, now: datetime, extra: Mapping[str, Any]
    ) -> tuple[Document, Loaded[S]]:
        """The document of a new aggregate, and how it reads."""
        fields = self.codec.to_fields(decision.state)
        documents.check_fields({**fields, **extra})
        history = timeline.extend(
            (), decision.noted, time=now, actor=cause.actor, transition=True, caps=self.caps
        )
        events = self._events(id, decision, 0, now, cause)
        document: dict[str, Any] = {
            "_id": id,
            "version": 1,
            "schema": documents.SCHEMA,
            **extra,
            **fields,
            "timeline": [timeline.to_document(entry) for entry in history],
            "sequence": len(events),
            "lane": documents.lane_of(id),
        }
        if events:
            document |= {"pending": events, "waiting_since": now}
        if cause.seen is not None:
            document["seen"] = {documents.seen_key(cause.seen[0]): cause.seen[1]}
        if decision.next_due is not None:
            document["next_due"] = decision.next_due
        if self.logs_history and history:
            document["unlogged_since"] = now
        return document, Loaded(id, decision.state, 1, len(events), history, dict(extra))

    def change(
        self, document: Document, decide: Decide[S], cause: Cause, now: datetime, *, erase_history: bool
    ) -> tuple[Change | None, Loaded[S]]:
        """What `decide` changes, None for nothing, and how the aggregate reads afterwards."""
        before = self.read(document)
        decision = _decided(decide, before.state, now, document.get("next_due"), cause)
        sets, unsets = self._differences(document, before.state, decision)
        silent = not (sets or unsets or decision.happened or decision.noted or erase_history)
        if silent and cause.seen is None:
            return None, before
        transition = self.status_field in sets or cause.actor.startswith(("system:", "event:"))
        fresh = timeline.extend(
            before.timeline,
            decision.noted,
            time=now,
            actor=cause.actor,
            transition=transition,
            caps=self.caps,
        )
        events = self._events(before.id, decision, before.sequence, now, cause)
        history = (timeline.erase(before.timeline) if erase_history else before.timeline) + fresh
        change = Change(
            id=before.id,
            version=before.version,
            write=secrets.token_hex(8),
            sequence=before.sequence + len(events),
            sets=sets,
            unsets=unsets,
            pending=events,
            timeline=[timeline.to_document(entry) for entry in fresh],
            replace_timeline=[timeline.to_document(entry) for entry in history] if erase_history else None,
            seen=None if cause.seen is None else (documents.seen_key(cause.seen[0]), cause.seen[1]),
            unlogged=now if self.logs_history and fresh else None,
        )
        documents.encode({"sets": sets, "timeline": change.timeline})
        after = Loaded(before.id, decision.state, before.version + 1, change.sequence, history, before.extra)
        return change, after

    def _differences(
        self, document: Document, before: S, decision: Decision[S]
    ) -> tuple[dict[str, Any], set[str]]:
        """The fields to set and to unset."""
        old, new = self.codec.to_fields(before), self.codec.to_fields(decision.state)
        documents.check_fields(new)
        sets = {name: value for name, value in new.items() if name not in old or old[name] != value}
        unsets = old.keys() - new.keys()
        if decision.next_due is None and "next_due" in document:
            unsets |= {"next_due"}
        elif decision.next_due is not None and decision.next_due != document.get("next_due"):
            sets["next_due"] = decision.next_due
        return sets, unsets

    def _events(
        self, id: str, decision: Decision[S], sequence: int, now: datetime, cause: Cause
    ) -> list[Document]:
        return [
            documents.pending_entry(
                id,
                sequence + number,
                now,
                self.word(id, decision.state, happened),
                source=self.source,
                traceparent=cause.traceparent,
            )
            for number, happened in enumerate(decision.happened, 1)
        ]


def already_seen(document: Document, seen: tuple[str, int]) -> bool:
    subject, sequence = seen
    highest: int = document.get("seen", {}).get(documents.seen_key(subject), 0)
    return sequence <= highest


def _decided(
    decide: Decide[S], state: S, now: datetime, next_due: datetime | None, cause: Cause
) -> Decision[S]:
    try:
        return decide(state, now)
    except Refused as refusal:
        if cause.seen is None:
            raise
        # A reaction cannot be told no: the refusal is written down, with the event counted as seen.
        payload = {"code": refusal.code, "cause": cause.actor}
        return Decision(state, noted=(Noted("refused", payload),), next_due=next_due)
