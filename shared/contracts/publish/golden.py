"""Golden examples: whole events as published once, kept for ever. Today's code must go on reading each
of them.
"""

from pathlib import Path
from typing import Any, Final

import orjson

from shared.contracts import contract_for
from shared.contracts.submissions import TIP_SUBMITTED
from shared.errors import Invalid
from shared.events import STRUCTURED, from_http

FOLDER: Final = Path(__file__).parent.parent / "golden"


def examples() -> dict[str, list[dict[str, Any]]]:
    """Event type → its examples in structured mode, oldest first."""
    return {
        folder.name: [orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
        for folder in sorted(FOLDER.iterdir())
        if folder.is_dir()
    }


def broken_examples() -> list[str]:
    """A sentence for every example that today's codec or model does not read, and for every type without
    one.
    """
    faults: list[str] = []
    for event_type, documents in examples().items():
        for number, document in enumerate(documents, start=1):
            fault = _fault(event_type, document)
            if fault:
                faults.append(f"golden example {event_type}/{number} is not read any more: {fault}")
    return faults


def _fault(event_type: str, document: dict[str, Any]) -> str | None:
    try:
        (event,) = from_http({"content-type": STRUCTURED}, orjson.dumps(document))
        if event.type != event_type:
            return "it is of another type than its folder says"
        if event_type == TIP_SUBMITTED:
            return None if event.sealed else "its data is not a compact JWE"
        model = contract_for(event_type)
        if model is None:
            return "its type has no contract"
        model.read(event.data)
    except Invalid as error:
        return "; ".join(f"{fault.pointer} {fault.message}" for fault in error.faults)
    except ValueError as error:  # pydantic.ValidationError is one
        return str(error)
    return None
