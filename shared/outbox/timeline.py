"""The case history: numbered entries, each with a hash over the entry before it. Pure.

`digest` is SHA-256(salt ‖ payload) and `hash` is SHA-256 over the hash before, number, time, actor, what and
digest. Erasing drops salt and payload and keeps the digest: the chain still verifies, and without the salt
nobody can guess a short payload from its digest.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from shared.decision import Noted
from shared.errors import Conflict, TooLarge

GENESIS = ""
SALT_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry. `payload` and `salt` are None once erased; `digest` and `hash` are lower-case hex."""

    number: int
    time: datetime
    actor: str
    what: str
    salt: bytes | None
    payload: Mapping[str, Any] | None
    digest: str
    hash: str

    def in_full(self) -> dict[str, Any]:
        """As JSON: everything that is needed to check the chain."""
        salt = None if self.salt is None else self.salt.hex()
        return {**{field.name: getattr(self, field.name) for field in fields(self)}, "salt": salt}


@dataclass(frozen=True, slots=True)
class Caps:
    """How long a history may grow. Transitions may also use the reserved room, so that nobody can block a
    case by filling its history with messages. `payload_bytes` bounds a single entry."""

    entries: int = 2_000
    bytes: int = 4 * 1024 * 1024
    reserved_entries: int = 500
    reserved_bytes: int = 2 * 1024 * 1024
    payload_bytes: int = 256 * 1024


def extend(
    entries: Sequence[TimelineEntry],
    noted: Iterable[Noted],
    *,
    time: datetime,
    actor: str,
    transition: bool,
    caps: Caps,
) -> tuple[TimelineEntry, ...]:
    """The new entries only. Raises TooLarge for a payload over its cap, Conflict `history_full` without
    room."""
    previous = entries[-1].hash if entries else GENESIS
    fresh: list[TimelineEntry] = []
    for number, note in enumerate(noted, len(entries) + 1):
        payload = dict(note.payload)
        encoded = _canonical(payload)
        if len(encoded) > caps.payload_bytes:
            raise TooLarge("An entry of the case history is too large.")
        salt = secrets.token_bytes(SALT_BYTES)
        digest = hashlib.sha256(salt + encoded).hexdigest()
        previous = _link(previous, number, time, actor, note.what, digest)
        fresh.append(TimelineEntry(number, time, actor, note.what, salt, payload, digest, previous))
    if fresh:
        _check_room(entries, fresh, transition, caps)
    return tuple(fresh)


def verify(entries: Sequence[TimelineEntry]) -> bool:
    """Whether numbers, chain and every payload that is still there are as they were written."""
    previous = GENESIS
    for number, entry in enumerate(entries, 1):
        if entry.payload is not None and entry.salt is not None:
            if hashlib.sha256(entry.salt + _canonical(entry.payload)).hexdigest() != entry.digest:
                return False
        elif entry.payload is not None or entry.salt is not None:
            return False
        previous = _link(previous, number, entry.time, entry.actor, entry.what, entry.digest)
        if entry.number != number or entry.hash != previous:
            return False
    return True


def erase(entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """The same history without salts and payloads."""
    return tuple(replace(entry, salt=None, payload=None) for entry in entries)


def to_document(entry: TimelineEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "number": entry.number,
        "time": entry.time,
        "actor": entry.actor,
        "what": entry.what,
        "digest": entry.digest,
        "hash": entry.hash,
    }
    if entry.payload is not None:
        document |= {"salt": entry.salt, "payload": dict(entry.payload)}
    return document


def from_document(document: Mapping[str, Any]) -> TimelineEntry:
    return TimelineEntry(
        number=document["number"],
        time=document["time"],
        actor=document["actor"],
        what=document["what"],
        salt=document.get("salt"),
        payload=document.get("payload"),
        digest=document["digest"],
        hash=document["hash"],
    )


def _check_room(
    entries: Sequence[TimelineEntry], fresh: Sequence[TimelineEntry], transition: bool, caps: Caps
) -> None:
    count = caps.entries + (caps.reserved_entries if transition else 0)
    size = caps.bytes + (caps.reserved_bytes if transition else 0)
    if len(entries) + len(fresh) > count or sum(map(_size, (*entries, *fresh))) > size:
        raise Conflict("The case history has no room for more.", code="history_full")


def _size(entry: TimelineEntry) -> int:
    return 200 + len(entry.what) + (0 if entry.payload is None else len(_canonical(entry.payload)))


def _link(previous: str, number: int, time: datetime, actor: str, what: str, digest: str) -> str:
    return hashlib.sha256(
        orjson.dumps([previous, number, _milliseconds(time), actor, what, digest])
    ).hexdigest()


def _canonical(payload: Mapping[str, Any]) -> bytes:
    """One byte string for equal payloads, also after a round through BSON (which keeps milliseconds)."""
    return orjson.dumps(
        payload, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    )


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"ms": _milliseconds(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a history payload cannot hold {type(value).__name__}")


def _milliseconds(time: datetime) -> int:
    """Whole milliseconds since 1970, which is what BSON keeps."""
    return (time - _EPOCH) // timedelta(milliseconds=1)
