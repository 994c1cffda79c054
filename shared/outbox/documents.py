"""The stored shape of an aggregate, built and read. Pure.

`_id, version, schema, ...state..., timeline, sequence, pending, waiting_since, lane, seen, next_due, writes,
logged, unlogged_since`: `waiting_since` is the time of the oldest pending event, `writes` the ids of the last
attempts that changed it, `logged` and `unlogged_since` are those of `history`.
"""

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from shared.contracts.base import Contract, schema_uri
from shared.errors import Fault, Invalid, TooLarge
from shared.events import Event, to_kafka
from shared.outbox.ports import LANES, Document, Outgoing

SCHEMA: Final = 1
OWN_FIELDS: Final = frozenset(
    {"_id", "version", "schema", "timeline", "sequence", "pending", "waiting_since"}
    | {"lane", "seen", "next_due", "writes", "logged", "unlogged_since"}
)
MAX_EVENT_BYTES: Final = 256 * 1024
MAX_DOCUMENT_BYTES: Final = (
    12 * 1024 * 1024
)  # MongoDB ends at 16 MiB; the rest is room for pending and history
WRITES_KEPT: Final = 16
_LEAVES: Final = frozenset({str, int, float, bool, bytes, datetime, type(None)})
# Field names that were looked at and are safe: nearly all are our own, and each is written again and again.
_safe: Final[set[str]] = set()
_MOST_SAFE: Final = 4_096
CODEC: Final = CodecOptions[dict[str, Any]](tz_aware=True)


def lane_of(id: str) -> int:
    return zlib.crc32(id.encode()) % LANES


def encode(document: Document) -> bytes:
    """BSON. Raises Invalid for what MongoDB cannot hold, TooLarge over `MAX_DOCUMENT_BYTES`."""
    try:
        encoded = bson.encode(document, codec_options=CODEC)
    except (BSONError, OverflowError, UnicodeError):
        raise Invalid("The input holds something that cannot be stored.") from None
    if len(encoded) > MAX_DOCUMENT_BYTES:
        raise TooLarge("The document would be too large.")
    return encoded


def check_fields(fields: Mapping[str, Any]) -> None:
    """No field clashes with the outbox, and no key anywhere can act as an operator or a path. Raises
    Invalid."""
    clash = OWN_FIELDS & fields.keys()
    if clash:
        raise ValueError(f"the outbox owns {', '.join(sorted(clash))}")
    if _is_unsafe(fields):
        (pointer, *_) = _unsafe_keys(fields, "")
        raise Invalid(
            "A field name is not allowed.", (Fault(pointer, "has a field name with $, dot or NUL"),)
        )


def _is_unsafe(value: object) -> bool:
    """Whether `_unsafe_keys` finds any: without pointers it costs a tenth, and every write asks."""
    if isinstance(value, dict | Mapping):
        if not _safe.issuperset(value):
            if any(_is_unsafe_key(key) for key in value):
                return True
            if len(_safe) < _MOST_SAFE:
                _safe.update(value)
        value = value.values()
    elif not isinstance(value, list | tuple):
        return False
    return any(map(_is_unsafe, [inner for inner in value if type(inner) not in _LEAVES]))


def _is_unsafe_key(key: object) -> bool:
    return not isinstance(key, str) or key.startswith("$") or "." in key or "\0" in key


def _unsafe_keys(value: object, pointer: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_unsafe_key(key):
                yield pointer  # the key itself may be a user's text: it is not repeated
            else:
                yield from _unsafe_keys(inner, f"{pointer}/{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _unsafe_keys(inner, f"{pointer}/{index}")


def seen_key(subject: str) -> str:
    """A subject as a field name: no dot, no dollar."""
    return subject.replace("%", "%25").replace(".", "%2E").replace("$", "%24").replace("\0", "%00")


def pending_entry(
    id: str, sequence: int, time: datetime, model: Contract, *, source: str, traceparent: str | None
) -> Document:
    """A worded event as it waits. Raises TooLarge over 256 KiB, ValueError when it breaks its contract."""
    data = model.to_data()
    entry: dict[str, Any] = {
        "sequence": sequence,
        "type": model.TYPE,
        "topic": model.TOPIC,
        "time": time,
        "data": data,
    }
    if traceparent is not None:
        entry["traceparent"] = traceparent
    key, value, headers = to_kafka(outgoing(id, entry, source).event)
    if len(key) + len(value) + sum(len(name) + len(text) for name, text in headers) > MAX_EVENT_BYTES:
        raise TooLarge("The event would be too large.")
    return entry


def outgoing(id: str, entry: Document, source: str) -> Outgoing:
    """The event of a pending entry. Its id is `<aggregate id>:<sequence>`."""
    return Outgoing(
        topic=entry["topic"],
        event=Event(
            id=f"{id}:{entry['sequence']}",
            type=entry["type"],
            source=source,
            subject=id,
            time=entry["time"],
            sequence=entry["sequence"],
            data=entry["data"],
            traceparent=entry.get("traceparent"),
            dataschema=schema_uri(entry["type"]),
        ),
    )
