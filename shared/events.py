"""CloudEvents 1.0 as a value object, and its codecs: Kafka binary and structured, HTTP binary, structured and batch.

The standard: github.com/cloudevents/spec v1.0.2 (spec, JSON format, Kafka and HTTP protocol bindings). Reading is safe:
whatever bytes come in, the outcome is an `Event` or a refusal of `shared.errors`, never another exception.
Why this is not the `cloudevents` package: docs/decisions/cloudevents-codec.md.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

import orjson

from shared.errors import Fault, Invalid, Poison

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
JSON: Final = "application/json"
JOSE: Final = "application/jose"
MAX_ATTRIBUTE: Final = 1024  # characters
MAX_SEQUENCE: Final = 2**53 - 1  # every JSON reader keeps it exact

_TRACEPARENT: Final = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_COMPACT_JWE: Final = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent. `data` holds JSON-native values only.

    `sequence` counts the subject's events from 1 without gaps; None on submissions. `sealed` is a compact JWE when the
    data travels encrypted; `data` is then empty.
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


class _Malformed(Exception):
    """Internal: what is wrong with an input, before the door decides between Poison and Invalid."""

    def __init__(self, code: str, pointer: str, message: str) -> None:
        super().__init__(message)
        self.code, self.pointer, self.message = code, pointer, message


def to_kafka(event: Event) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key (the subject), value and headers of a Kafka record in binary mode."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event.id.encode()),
        ("ce_type", event.type.encode()),
        ("ce_source", event.source.encode()),
        ("ce_subject", event.subject.encode()),
        ("ce_time", _time_text(event.time).encode()),
    ]
    if event.sequence is not None:
        headers.append(("ce_sequence", str(event.sequence).encode()))
    if event.dataschema is not None:
        headers.append(("ce_dataschema", event.dataschema.encode()))
    if event.traceparent is not None:
        headers.append(("traceparent", event.traceparent.encode()))
    headers.append(("content-type", (JSON if event.sealed is None else JOSE).encode()))
    value = orjson.dumps(event.data) if event.sealed is None else event.sealed.encode()
    return event.subject.encode(), value, headers


def from_kafka(
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    *,
    received_at: datetime | None = None,
) -> Event:
    """Reads a record in binary or structured mode. `received_at` stands in where the sender gave no time.

    Headers that are no CloudEvents attribute are not looked at, so foreign binary headers do no harm.
    Raises Poison with code `bad_headers`, `no_value`, `not_json` or `schema`; its text never repeats the record.
    """
    try:
        if value is None:
            raise _Malformed("no_value", "", "the record has no value")
        attributes, content_type = _kafka_attributes(headers)
        if content_type.startswith("application/cloudevents"):
            return _structured(_structured_object(content_type, value), key, received_at)
        sealed, data = _binary_data(content_type, value)
        return _event(attributes, data, sealed, key, received_at)
    except _Malformed as fault:
        where = f"{fault.pointer}: " if fault.pointer else ""
        raise Poison(where + fault.message, code=fault.code) from None


def to_structured(event: Event) -> dict[str, Any]:
    """The event in the JSON format (structured mode)."""
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": _time_text(event.time),
        "datacontenttype": JSON if event.sealed is None else JOSE,
    }
    if event.sequence is not None:
        body["sequence"] = str(event.sequence)
    if event.dataschema is not None:
        body["dataschema"] = event.dataschema
    if event.traceparent is not None:
        body["traceparent"] = event.traceparent
    body["data"] = dict(event.data) if event.sealed is None else event.sealed
    return body


def from_http(headers: Mapping[str, str], body: bytes, *, received_at: datetime | None = None) -> list[Event]:
    """Reads a request in structured, binary or batch mode, all or nothing.

    `received_at` stands in where the sender gave no time. Raises Invalid with pointers into the body (in a batch
    `/0/id`), or, in binary mode, named after the attribute.
    """
    items = items_from_http(headers, body, received_at=received_at)
    faults = tuple(fault for item in items if isinstance(item, Invalid) for fault in item.faults)
    if faults:
        raise Invalid("the request holds no valid CloudEvent", faults)
    return [item for item in items if isinstance(item, Event)]


def items_from_http(
    headers: Mapping[str, str], body: bytes, *, received_at: datetime | None = None
) -> list[Event | Invalid]:
    """As `from_http`, but each item of a batch answers for itself. Raises Invalid only when there are no items to read."""
    lowered = {name.lower(): value for name, value in headers.items()}
    content_type = _media_type(lowered.get("content-type", ""))
    try:
        if content_type == BATCH:
            objects = _parse(body)
            if not isinstance(objects, list):
                raise _Malformed("not_json", "", "a batch is a JSON array")
            return [_item(index, entry, received_at) for index, entry in enumerate(objects)]
        if content_type.startswith("application/cloudevents"):
            return [_structured(_structured_object(content_type, body), None, received_at)]
        attributes = {
            name[3:]: unquote(value, errors="strict") for name, value in lowered.items() if name.startswith("ce-")
        }
        if not attributes:
            raise _Malformed("bad_headers", "", "neither ce- headers nor a CloudEvents content type")
        attributes.setdefault("traceparent", lowered.get("traceparent", ""))
        sealed, data = _binary_data(content_type, body)
        return [_event(attributes, data, sealed, None, received_at)]
    except _Malformed as fault:
        raise _invalid(fault, "") from None
    except UnicodeDecodeError:
        raise Invalid("a header is not UTF-8", (Fault("", "a header is not UTF-8"),)) from None


def _item(index: int, entry: object, received_at: datetime | None) -> Event | Invalid:
    try:
        return _structured(entry, None, received_at)
    except _Malformed as fault:
        return _invalid(fault, f"/{index}")


def _invalid(fault: _Malformed, prefix: str) -> Invalid:
    return Invalid("the request holds no valid CloudEvent", (Fault(prefix + fault.pointer, fault.message),))


def _kafka_attributes(headers: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, str], str]:
    attributes: dict[str, str] = {}
    content_type, traceparent = "", ""
    for name, raw in headers:
        lowered = name.lower()
        attribute = lowered.startswith("ce_")
        if not attribute and lowered not in ("content-type", "traceparent"):
            continue
        if raw is None:
            raise _Malformed("bad_headers", "", "a header without a value")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise _Malformed("bad_headers", "", "header bytes that are not UTF-8") from None
        if not attribute:
            if lowered == "content-type":
                content_type = _media_type(text)
            else:
                traceparent = text
        elif lowered[3:] in attributes:
            raise _Malformed("bad_headers", "", "an attribute that comes twice")
        else:
            attributes[lowered[3:]] = text
    if traceparent:
        attributes["traceparent"] = traceparent
    return attributes, content_type


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _Malformed("not_json", "", "the body is not JSON") from None


def _structured_object(content_type: str, body: bytes) -> object:
    if content_type != STRUCTURED:
        raise _Malformed("not_json", "", "the only structured format taken here is JSON, one event at a time")
    return _parse(body)


def _binary_data(content_type: str, body: bytes) -> tuple[str | None, Any]:
    if content_type == JOSE:
        return _compact(body), {}
    if content_type in ("", JSON) or content_type.endswith("+json"):
        return None, _parse(body)
    raise _Malformed("not_json", "/datacontenttype", "data must be JSON or a compact JWE")


def _compact(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise _Malformed("schema", "/data", "not a compact JWE") from None


def _structured(body: object, key: bytes | None, received_at: datetime | None) -> Event:
    """The JSON format. Extensions may come as text or as an integer; nothing else is an attribute value we use."""
    if not isinstance(body, dict):
        raise _Malformed("not_json", "", "an event is a JSON object")
    attributes: dict[str, str] = {}
    for name, value in body.items():
        if name in ("data", "data_base64") or value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            attributes[name] = value
    if "data_base64" in body:
        sealed, data = _binary_data(_media_type(attributes.get("datacontenttype", "")), _base64(body["data_base64"]))
    else:
        sealed, data = None, body.get("data")
    return _event(attributes, data, sealed, key, received_at)


def _base64(text: object) -> bytes:
    try:
        if isinstance(text, str):
            return b64decode(text, validate=True)
    except ValueError:
        pass
    raise _Malformed("schema", "/data_base64", "not Base64")


def _event(
    attributes: Mapping[str, str], data: Any, sealed: str | None, key: bytes | None, received_at: datetime | None
) -> Event:
    if attributes.get("specversion") != "1.0":
        raise _Malformed("bad_headers", "/specversion", "must be 1.0")
    if isinstance(data, str):
        sealed, data = data, {}
    if not isinstance(data, dict):
        raise _Malformed("schema", "/data", "data must be an object")
    if sealed is not None and not _COMPACT_JWE.match(sealed):
        raise _Malformed("schema", "/data", "not a compact JWE")
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
        traceparent=traceparent if _TRACEPARENT.match(traceparent) else None,
        dataschema=attributes.get("dataschema"),
        sealed=sealed,
    )


def _required(attributes: Mapping[str, str], name: str) -> str:
    value = attributes.get(name, "")
    if not value or len(value) > MAX_ATTRIBUTE:
        raise _Malformed("bad_headers", f"/{name}", f"must have 1 to {MAX_ATTRIBUTE} characters")
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
        raise _Malformed("bad_headers", "/subject", "neither a subject nor a readable key") from None


def _sequence(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 16 and text[0] != "0" and int(text) <= MAX_SEQUENCE:
        return int(text)
    raise _Malformed("bad_headers", "/sequence", "must be a whole number from 1, without leading zeros")


def _time(text: str | None, received_at: datetime | None) -> datetime:
    if text is None and received_at is not None:
        return received_at
    try:
        time = datetime.fromisoformat(text or "")
        if time.tzinfo is not None and text is not None and text[10] in "Tt":
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Malformed("bad_headers", "/time", "must be an RFC 3339 date-time with its offset")


def _time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
