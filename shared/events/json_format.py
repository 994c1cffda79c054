"""The JSON event format (structured mode), and the data of binary mode: github.com/cloudevents/spec
v1.0.2.
"""

from base64 import b64decode
from datetime import datetime
from typing import Any, Final

import orjson

from shared.events.event import Event, Malformed, build_event, time_text

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
JSON: Final = "application/json"
JOSE: Final = "application/jose"


def to_structured(event: Event) -> dict[str, Any]:
    """The event in the JSON format (structured mode)."""
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": time_text(event.time),
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


def read_structured(body: object, key: bytes | None, received_at: datetime | None) -> Event:
    """The JSON format. Extensions may come as text or as an integer; nothing else is an attribute value we
    use.
    """
    if not isinstance(body, dict):
        raise Malformed("not_json", "", "an event is a JSON object")
    attributes: dict[str, str] = {}
    for name, value in body.items():
        if name in ("data", "data_base64") or value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            attributes[name] = value
    if "data_base64" in body:
        sealed, data = binary_data(
            media_type(attributes.get("datacontenttype", "")), _base64(body["data_base64"])
        )
    else:
        sealed, data = None, body.get("data")
    return build_event(attributes, data, sealed, key, received_at)


def structured_object(content_type: str, body: bytes) -> object:
    if content_type != STRUCTURED:
        raise Malformed("not_json", "", "the only structured format taken here is JSON, one event at a time")
    return parse_json(body)


def binary_data(content_type: str, body: bytes) -> tuple[str | None, Any]:
    if content_type == JOSE:
        return _compact(body), {}
    if content_type in ("", JSON) or content_type.endswith("+json"):
        return None, parse_json(body)
    raise Malformed("not_json", "/datacontenttype", "data must be JSON or a compact JWE")


def media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def parse_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("not_json", "", "the body is not JSON") from None


def _compact(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("schema", "/data", "not a compact JWE") from None


def _base64(text: object) -> bytes:
    try:
        if isinstance(text, str):
            return b64decode(text, validate=True)
    except ValueError:
        pass
    raise Malformed("schema", "/data_base64", "not Base64")
