"""The Kafka binding: writes binary mode, reads binary and structured mode."""

from collections.abc import Iterable
from datetime import datetime

import orjson

from shared.errors import Poison
from shared.events.event import Event, Malformed, build_event, time_text
from shared.events.json_format import (
    JOSE,
    JSON,
    binary_data,
    media_type,
    read_structured,
    structured_object,
)


def to_kafka(event: Event) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key (the subject), value and headers of a Kafka record in binary mode."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event.id.encode()),
        ("ce_type", event.type.encode()),
        ("ce_source", event.source.encode()),
        ("ce_subject", event.subject.encode()),
        ("ce_time", time_text(event.time).encode()),
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

    Headers that are no CloudEvents attribute are not looked at, so foreign binary headers do no harm. Raises
    Poison with code `bad_headers`, `no_value`, `not_json` or `schema`; its text never repeats the record.
    """
    try:
        if value is None:
            raise Malformed("no_value", "", "the record has no value")
        attributes, content_type = _kafka_attributes(headers)
        if content_type.startswith("application/cloudevents"):
            return read_structured(structured_object(content_type, value), key, received_at)
        sealed, data = binary_data(content_type, value)
        return build_event(attributes, data, sealed, key, received_at)
    except Malformed as fault:
        where = f"{fault.pointer}: " if fault.pointer else ""
        raise Poison(where + fault.message, code=fault.code) from None


# As every producer of ours writes them: the way most headers take.
_WRITTEN = {f"ce_{name}": name for name in ("specversion", "id", "type", "source", "subject", "time")} | {
    "ce_sequence": "sequence",
    "ce_dataschema": "dataschema",
}


def _kafka_attributes(headers: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, str], str]:
    attributes: dict[str, str] = {}
    content_type, traceparent = "", ""
    for name, raw in headers:
        written = _WRITTEN.get(name)
        if written is not None and raw is not None and raw.isascii() and written not in attributes:
            attributes[written] = raw.decode("ascii")
            continue
        lowered = name.lower()
        attribute = lowered.startswith("ce_")
        if not attribute and lowered not in ("content-type", "traceparent"):
            continue
        if raw is None:
            raise Malformed("bad_headers", "", "a header without a value")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise Malformed("bad_headers", "", "header bytes that are not UTF-8") from None
        if not attribute:
            if lowered == "content-type":
                content_type = media_type(text)
            else:
                traceparent = text
        elif lowered[3:] in attributes:
            raise Malformed("bad_headers", "", "an attribute that comes twice")
        else:
            attributes[lowered[3:]] = text
    if traceparent:
        attributes["traceparent"] = traceparent
    return attributes, content_type
