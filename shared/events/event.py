"""A CloudEvent, and how its attributes are checked, whatever road they came by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

MAX_ATTRIBUTE: Final = 1024  # characters
MAX_SEQUENCE: Final = 2**53 - 1  # every JSON reader keeps it exact

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f]"
)  # CloudEvents 1.0, "Type System": not allowed in a String
_COMPACT_JWE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){3}")


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent. `data` holds JSON-native values only.

    `sequence` counts the subject's events from 1 without gaps; None on submissions. `sealed` is a compact JWE
    when the data travels encrypted; `data` is then empty.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    sequence: int | None
    data: Mapping[str, Any]
    traceparent: str | None = None
    dataschema: str | None = None
    sealed: str | None = None


class Malformed(Exception):
    """Internal: what is wrong with an input, before the door decides between Poison and Invalid."""

    def __init__(self, code: str, pointer: str, message: str) -> None:
        super().__init__(message)
        self.code, self.pointer, self.message = code, pointer, message


def build_event(
    attributes: Mapping[str, str],
    data: Any,
    sealed: str | None,
    key: bytes | None,
    received_at: datetime | None,
) -> Event:
    """Checks what every road shares. `key` and `received_at` stand in for a missing subject and time. Raises
    Malformed.
    """
    if attributes.get("specversion") != "1.0":
        raise Malformed("bad_headers", "/specversion", "must be 1.0")
    if isinstance(data, str):
        sealed, data = data, {}
    if not isinstance(data, dict):
        raise Malformed("schema", "/data", "data must be an object")
    if sealed is not None and not _COMPACT_JWE.fullmatch(sealed):
        raise Malformed("schema", "/data", "not a compact JWE")
    identifier = _required(attributes, "id")
    traceparent = attributes.get("traceparent", "")
    return Event(
        id=identifier,
        type=_required(attributes, "type"),
        source=_required(attributes, "source"),
        subject=_subject(attributes, key, identifier),
        time=_time(attributes.get("time"), received_at),
        sequence=_sequence(attributes.get("sequence")),
        data=data,
        # W3C Trace Context: a malformed traceparent is ignored, it never costs the message.
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else None,
        dataschema=_required(attributes, "dataschema") if "dataschema" in attributes else None,
        sealed=sealed,
    )


def _required(attributes: Mapping[str, str], name: str) -> str:
    value = attributes.get(name, "")
    # Printable text holds no control: the search is for the rest.
    if not value or len(value) > MAX_ATTRIBUTE or (not value.isprintable() and _CONTROL.search(value)):
        raise Malformed(
            "bad_headers", f"/{name}", f"must have 1 to {MAX_ATTRIBUTE} characters, none a control"
        )
    return value


def _subject(attributes: Mapping[str, str], key: bytes | None, identifier: str) -> str:
    """The subject; senders from outside may leave it to the record key, or to the event's own id."""
    if "subject" in attributes:
        return _required(attributes, "subject")
    if not key:
        return identifier
    try:
        return _required({"subject": key.decode()}, "subject")
    except UnicodeDecodeError:
        raise Malformed("bad_headers", "/subject", "neither a subject nor a readable key") from None


def _sequence(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 16 and text[0] != "0" and int(text) <= MAX_SEQUENCE:
        return int(text)
    raise Malformed("bad_headers", "/sequence", "must be a whole number from 1, without leading zeros")


def _time(text: str | None, received_at: datetime | None) -> datetime:
    if text is None and received_at is not None:
        return received_at
    try:
        time = datetime.fromisoformat(text or "")
        if time.tzinfo is not None and text is not None and text[10] in "Tt":
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Malformed("bad_headers", "/time", "must be an RFC 3339 date-time with its offset")


def time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
