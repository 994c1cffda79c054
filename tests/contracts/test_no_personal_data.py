"""No field of an event can hold personal data: texts are enumerations or bounded by a pattern."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from shared.contracts import EVENT_MODELS, submissions
from shared.contracts.base import Contract
from shared.contracts.publish.schemas import event_schemas

# The one field with words in it: the official name of a place, which is public.
NAMES_OF_PLACES = {("liengia.area.changed.v1", "/name")}
FORBIDDEN = {
    "name",
    "phone",
    "email",
    "address",
    "text",
    "content",
    "message",
    "comment",
    "note",
    "reporter",
    "identity",
    "ip",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "coordinates",
    "geometry",
    "receipt_code",
    "sender",
    "user_agent",
    "zalo",
    "quote",
    "title",
    "officer",
    "mediator",
    "party",
    "parties",
    "terms",
    "suspect",
    "person",
    "speaker",
}
PERSONAL = [
    "Nguyễn Văn A",
    "nguyen van a",
    "0912345678",
    "+84 912 345 678",
    "a@example.org",
    "21.03, 105.84",
    "10.0.0.1",
]
MODELS: tuple[type[Contract], ...] = (*EVENT_MODELS, *submissions.SUBMISSIONS)
TYPES = [model.TYPE for model in MODELS]
SCHEMAS = event_schemas()


def texts(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every text of a schema by its path, keys of maps included; anything without a type is a text, too."""
    if "$ref" in schema:
        yield from texts(root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    elif "anyOf" in schema:
        for part in schema["anyOf"]:
            yield from texts(part, root, path)
    elif schema.get("type") == "object":
        for name, part in schema.get("properties", {}).items():
            yield from texts(part, root, f"{path}/{name}")
        for pattern, part in schema.get("patternProperties", {}).items():
            yield f"{path}/<key>", {"pattern": pattern}
            yield from texts(part, root, f"{path}/*")
        if not schema.keys() & {"properties", "patternProperties"}:
            yield f"{path}/<anything>", {}
    elif schema.get("type") == "array":
        yield from texts(schema.get("items", {}), root, f"{path}/*")
    elif schema.get("type") not in {"integer", "number", "boolean", "null"}:
        yield path, schema


def bounded(schema: Mapping[str, Any]) -> bool:
    return (
        "enum" in schema
        or "const" in schema
        or "pattern" in schema
        or schema.get("format") in {"date-time", "date"}
    )


@pytest.mark.parametrize("event_type", TYPES)
def test_no_text_of_an_event_is_free(event_type: str) -> None:
    schema = SCHEMAS[event_type]
    free = [path for path, text in texts(schema, schema) if not bounded(text)]
    assert free == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.TYPE)
def test_no_field_is_named_after_personal_data(model: type[Contract]) -> None:
    named = {
        name
        for name in model.model_fields
        if name in FORBIDDEN and (model.TYPE, f"/{name}") not in NAMES_OF_PLACES
    }
    assert named == set()


@pytest.mark.parametrize("planted", PERSONAL)
def test_no_pattern_lets_a_name_a_number_or_a_place_through(planted: str) -> None:
    leaking = {
        (event_type, path)
        for event_type in TYPES
        for path, text in texts(SCHEMAS[event_type], SCHEMAS[event_type])
        if "pattern" in text and re.search(text["pattern"], planted)
    }
    assert leaking <= NAMES_OF_PLACES


def test_a_free_text_would_be_found() -> None:
    schema = {
        "type": "object",
        "properties": {"note": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}},
    }
    assert [path for path, text in texts(schema, schema) if not bounded(text)] == ["/note"]
