"""The HTTP binding: reads binary, structured and batch mode."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

from shared.errors import Fault, Invalid
from shared.events.event import Event, Malformed, build_event
from shared.events.json_format import (
    BATCH,
    binary_data,
    media_type,
    parse_json,
    read_structured,
    structured_object,
)


def from_http(headers: Mapping[str, str], body: bytes, *, received_at: datetime | None = None) -> list[Event]:
    """Reads a request in structured, binary or batch mode, all or nothing.

    `received_at` stands in where the sender gave no time. Raises Invalid with pointers into the body (in a
    batch `/0/id`), or, in binary mode, named after the attribute.
    """
    items = items_from_http(headers, body, received_at=received_at)
    faults = tuple(fault for item in items if isinstance(item, Invalid) for fault in item.faults)
    if faults:
        raise Invalid("the request holds no valid CloudEvent", faults)
    return [item for item in items if isinstance(item, Event)]


def items_from_http(
    headers: Mapping[str, str], body: bytes, *, received_at: datetime | None = None
) -> list[Event | Invalid]:
    """As `from_http`, but each item of a batch answers for itself. Raises Invalid only when there are no
    items to read.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    content_type = media_type(lowered.get("content-type", ""))
    try:
        if content_type == BATCH:
            objects = parse_json(body)
            if not isinstance(objects, list):
                raise Malformed("not_json", "", "a batch is a JSON array")
            return [_item(index, entry, received_at) for index, entry in enumerate(objects)]
        if content_type.startswith("application/cloudevents"):
            return [read_structured(structured_object(content_type, body), None, received_at)]
        attributes = {
            name[3:]: unquote(value, errors="strict")
            for name, value in lowered.items()
            if name.startswith("ce-")
        }
        if not attributes:
            raise Malformed("bad_headers", "", "neither ce- headers nor a CloudEvents content type")
        attributes.setdefault("traceparent", lowered.get("traceparent", ""))
        sealed, data = binary_data(content_type, body)
        return [build_event(attributes, data, sealed, None, received_at)]
    except Malformed as fault:
        raise _invalid(fault, "") from None
    except UnicodeDecodeError:
        raise Invalid("a header is not UTF-8", (Fault("", "a header is not UTF-8"),)) from None


def _item(index: int, entry: object, received_at: datetime | None) -> Event | Invalid:
    try:
        return read_structured(entry, None, received_at)
    except Malformed as fault:
        return _invalid(fault, f"/{index}")


def _invalid(fault: Malformed, prefix: str) -> Invalid:
    return Invalid("the request holds no valid CloudEvent", (Fault(prefix + fault.pointer, fault.message),))
