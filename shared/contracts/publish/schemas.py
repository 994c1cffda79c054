"""JSON Schemas (2020-12) of every event type, and of the clear tip submission.

They are open: a reader who validates with them keeps working when a later v1 adds a field.
"""

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.contracts import CONTRACTS
from shared.contracts.base import schema_uri
from shared.contracts.submissions import COMPACT_JWE_PATTERN, TIP_SUBMITTED
from shared.contracts.tip_submission import SealedTipSubmission, TipSubmission

DIALECT: Final = GenerateJsonSchema.schema_dialect
CLEAR: Final = {"tip_submission": TipSubmission, "sealed_tip_submission": SealedTipSubmission}
JWE_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": COMPACT_JWE_PATTERN,
    "maxLength": 262144,
    "description": "Compact JWE (RFC 7516) to a key of tips' GET /.well-known/jwks.json. "
    "Its clear payload is a sealed_tip_submission.",
}


def opened(schema: Any) -> Any:
    """The schema without `additionalProperties: false`, at every depth."""
    if isinstance(schema, list):
        return [opened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: opened(part)
        for name, part in schema.items()
        if not (name == "additionalProperties" and part is False)
    }


def event_schemas() -> dict[str, dict[str, Any]]:
    """Event type → its JSON Schema."""
    schemas = {
        event_type: {
            "$schema": DIALECT,
            "$id": schema_uri(event_type),
            **opened(model.model_json_schema()),
            "title": event_type,
        }
        for event_type, model in CONTRACTS.items()
    }
    schemas[TIP_SUBMITTED] = {
        "$schema": DIALECT,
        "$id": schema_uri(TIP_SUBMITTED),
        "title": TIP_SUBMITTED,
        **JWE_SCHEMA,
    }
    return schemas


def clear_schemas() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema of what arrives in clear; closed, since an unknown field there is a fault."""
    return {
        name: {"$schema": DIALECT, "$id": schema_uri(name), **model.model_json_schema()}
        for name, model in CLEAR.items()
    }


def shared_schemas() -> tuple[dict[str, str], dict[str, Any]]:
    """For a document that holds all types at once: type → name under `#/components/schemas`, and those
    schemas.
    """
    refs, document = models_json_schema(
        [(model, "validation") for model in CONTRACTS.values()], ref_template="#/components/schemas/{model}"
    )
    names = {
        event_type: str(refs[model, "validation"]["$ref"]).rsplit("/", 1)[1]
        for event_type, model in CONTRACTS.items()
    }
    definitions: dict[str, Any] = opened(document["$defs"])
    return names, definitions
