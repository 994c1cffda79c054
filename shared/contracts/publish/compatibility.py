"""The lock on change: inside a version a contract only grows.

`golden/published.json` remembers the shape of every type as it was last published. Breaking is: a type or
field that is gone, a new field that is required, a required field that no longer is (readers rely on it),
another type, an enumeration that lost a value. Adding optional fields, types and enumeration values is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import orjson

from shared.contracts.publish.golden import FOLDER
from shared.contracts.publish.schemas import clear_schemas, event_schemas

Shape: TypeAlias = dict[str, Any]  # {"types": [...], "required": bool, "enum": [...]} of one field
Shapes: TypeAlias = dict[str, dict[str, Shape]]  # event type → JSON-path-like field name → shape

PUBLISHED: Final = FOLDER / "published.json"


def shapes_today() -> Shapes:
    return {
        name: dict(_walk(schema, schema, "", required=True))
        for name, schema in {**event_schemas(), **clear_schemas()}.items()
    }


def shapes_published() -> Shapes:
    """What was published last; nothing before the first time."""
    if not PUBLISHED.exists():
        return {}
    shapes: Shapes = orjson.loads(PUBLISHED.read_bytes())
    return shapes


def breaks(before: Shapes, after: Shapes) -> list[str]:
    """A sentence for every change from `before` to `after` that breaks a reader or a writer."""
    found: list[str] = []
    for name, fields in before.items():
        if name not in after:
            found.append(f"{name}: the type is gone")
            continue
        now = after[name]
        for field, was in fields.items():
            found += [f"{name}: {field or 'data'} {what}" for what in _field_breaks(was, now.get(field))]
        found += [
            f"{name}: {field} is new and required"
            for field, shape in now.items()
            if field not in fields and shape["required"] and _parent(field) in fields
        ]
    return found


def _parent(field: str) -> str:
    return field.rpartition("/")[0]


def _field_breaks(was: Shape, now: Shape | None) -> Iterator[str]:
    if now is None:
        yield "is gone"
        return
    if now["required"] and not was["required"]:
        yield "has become required"
    if was["required"] and not now["required"]:
        yield "is no longer sure to be there"
    if now["types"] != was["types"]:
        yield f"changed its type from {'|'.join(was['types'])} to {'|'.join(now['types'])}"
    lost = sorted(set(was.get("enum", ())) - set(now.get("enum", ())))
    if "enum" in was and "enum" not in now:
        yield "is no longer an enumeration"
    elif lost:
        yield f"lost the value {', '.join(lost)}"
    elif "enum" in now and "enum" not in was:
        yield "has become an enumeration"


def _walk(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str, *, required: bool
) -> Iterator[tuple[str, Shape]]:
    """Every field below `schema`: `/name` for a property, `/*` for the values of a map or list."""
    variants = [_resolve(variant, root) for variant in schema.get("anyOf", [schema])]
    shape: Shape = {"types": sorted({_type(variant) for variant in variants}), "required": required}
    enum = sorted(str(value) for variant in variants for value in variant.get("enum", _constant(variant)))
    if enum:
        shape["enum"] = enum
    yield path, shape
    for variant in variants:
        for name, part in variant.get("properties", {}).items():
            yield from _walk(part, root, f"{path}/{name}", required=name in variant.get("required", ()))
        for part in _values(variant):
            yield from _walk(part, root, f"{path}/*", required=False)


def _values(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The schemas of the values of a map or list."""
    named = [schema.get("additionalProperties"), schema.get("items")]
    return [
        part for part in (*named, *schema.get("patternProperties", {}).values()) if isinstance(part, Mapping)
    ]


def _constant(schema: Mapping[str, Any]) -> list[Any]:
    return [schema["const"]] if "const" in schema else []


def _type(schema: Mapping[str, Any]) -> str:
    plain = str(schema.get("type", "any"))
    return f"{plain}:{schema['format']}" if "format" in schema else plain


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    resolved: Mapping[str, Any] = root["$defs"][str(reference).removeprefix("#/$defs/")]
    return resolved
