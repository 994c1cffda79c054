"""The messages of the AsyncAPI document: CloudEvents headers, payload, key, golden examples."""

from typing import Any, Final

from shared.contracts import CONTRACTS
from shared.contracts.base import schema_uri
from shared.contracts.publish import golden
from shared.contracts.submissions import TIP_SUBMITTED

KAFKA_BINDING: Final = "0.5.0"
DEAD_LETTER_HEADERS: Final[dict[str, Any]] = {
    "DeadLetterHeaders": {
        "type": "object",
        "description": "Beside the original headers, as bytes: why and from where the record was set aside.",
        "properties": {
            "x-reason": {
                "type": "string",
                "description": "`bad_headers`, `no_value`, `not_json`, `schema`, …",
            },
            "x-origin-topic": {"type": "string"},
            "x-origin-partition": {"type": "string", "pattern": "^[0-9]+$"},
            "x-origin-offset": {"type": "string", "pattern": "^[0-9]+$"},
            "x-failed-at": {"type": "string", "format": "date-time"},
            "x-dead-letter": {
                "type": "string",
                "description": "On a retry: where it stood as a dead letter.",
            },
            "x-replayed": {
                "type": "string",
                "description": "On a marker without a value: what was replayed.",
            },
        },
    }
}
RECORD: Final[dict[str, Any]] = {
    "name": "record",
    "title": "Original record",
    "description": "The bytes, key and headers of a record as it was, whatever it was.",
    "contentType": "application/octet-stream",
    "headers": {"$ref": "#/components/schemas/DeadLetterHeaders"},
    "payload": {"description": "The original value, whatever it was."},
}


def event_messages(schema_names: dict[str, str]) -> dict[str, Any]:
    """Type → message. `schema_names`: type → the name of its payload under `#/components/schemas`."""
    documents = golden.examples()
    messages = {
        event_type: _message(
            event_type,
            {"$ref": f"#/components/schemas/{schema_names[event_type]}"},
            model.__doc__,
            "application/json",
            documents.get(event_type, []),
        )
        for event_type, model in CONTRACTS.items()
    }
    messages[TIP_SUBMITTED] = _message(
        TIP_SUBMITTED,
        {"$ref": "#/components/schemas/CompactJwe"},
        "An encrypted report. It becomes a tip only when tips accepts it.",
        "application/jose",
        documents.get(TIP_SUBMITTED, []),
    )
    return messages


def _message(
    event_type: str,
    payload: dict[str, Any],
    doc: str | None,
    content_type: str,
    documents: list[dict[str, Any]],
) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": event_type,
        "title": event_type.removeprefix("liengia.").removesuffix(".v1"),
        "contentType": content_type,
        "headers": {
            "type": "object",
            "allOf": [
                {"$ref": "#/components/schemas/CloudEventHeaders"},
                {
                    "properties": {
                        "ce_type": {"const": event_type},
                        "ce_dataschema": {"const": schema_uri(event_type)},
                        "content-type": {"const": content_type},
                    }
                },
            ],
        },
        "payload": payload,
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "The subject: the aggregate's id."},
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }
    if doc:
        message["description"] = " ".join(doc.split())
    if documents:
        message["examples"] = [
            {"name": f"example_{number}", "payload": example["data"]}
            for number, example in enumerate(documents, 1)
        ]
    return message


def cloud_event_headers() -> dict[str, Any]:
    """The schema that every message's headers share."""
    text = {"type": "string", "minLength": 1, "maxLength": 1024}
    return {
        "type": "object",
        "description": "CloudEvents 1.0 attributes as Kafka headers (UTF-8), and W3C Trace Context.",
        "required": ["ce_specversion", "ce_id", "ce_type", "ce_source"],
        "properties": {
            "ce_specversion": {"type": "string", "const": "1.0"},
            "ce_id": {
                **text,
                "description": "`<aggregate id>:<sequence>`; the sender's own id on submissions.",
            },
            "ce_type": text,
            "ce_source": {**text, "format": "uri-reference"},
            "ce_subject": {**text, "description": "The aggregate's id."},
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_sequence": {
                "type": "string",
                "pattern": "^[1-9][0-9]{0,15}$",
                "description": "Counts the subject's events from 1 without gaps. Absent on submissions.",
            },
            "ce_dataschema": {"type": "string", "format": "uri"},
            "traceparent": {
                "type": "string",
                "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            },
            "content-type": {"type": "string"},
        },
    }
