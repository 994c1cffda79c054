"""The AsyncAPI document as each service serves it: what it sends and receives, and nothing else."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

PATH: Final = Path(__file__).parent / "generated" / "asyncapi.json"
_REFERENCE: Final = re.compile(rb'"#/components/(schemas|messages|securitySchemes)/([^"]+)"')


@cache
def platform() -> dict[str, Any]:
    """The generated document of the whole platform. Treat it as read-only."""
    document: dict[str, Any] = orjson.loads(PATH.read_bytes())
    return document


@cache
def asyncapi(service: str) -> dict[str, Any]:
    """The part of the document in which `service` (`tips`, …) takes part. Treat it as read-only."""
    whole = platform()
    operations = {
        name: body for name, body in whole["operations"].items() if {"name": service} in body["tags"]
    }
    channels = {body["channel"]["$ref"].removeprefix("#/channels/") for body in operations.values()}
    part = {
        **whole,
        "id": f"urn:liengia:events:{service}",
        "info": {**whole["info"], "title": f"Liên Gia {service}", "tags": [{"name": service}]},
        "channels": {name: body for name, body in whole["channels"].items() if name in channels},
        "operations": operations,
    }
    part["components"] = _needed(part, whole["components"])
    return part


def _needed(part: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """The components that are referred to from `part`, directly or through another."""
    needed: dict[str, dict[str, Any]] = {}
    waiting = [{name: body for name, body in part.items() if name != "components"}]
    while waiting:
        for kind_bytes, name_bytes in _REFERENCE.findall(orjson.dumps(waiting.pop())):
            kind, name = kind_bytes.decode(), name_bytes.decode()
            if name not in needed.setdefault(kind, {}):
                needed[kind][name] = components[kind][name]
                waiting.append(components[kind][name])
    return {kind: dict(sorted(found.items())) for kind, found in sorted(needed.items())}
