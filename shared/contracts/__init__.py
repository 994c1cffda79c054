"""The platform's public events: one module of models per producer, and the topic table. See `docs/decisions/`."""

from collections.abc import Mapping
from typing import Any

from shared.contracts import tips
from shared.contracts.base import Contract, EventData, Submission, schema_uri

CONTRACTS: Mapping[str, type[Contract]] = {model.TYPE: model for model in tips.EVENTS}


def contract_for(event_type: str) -> type[Contract] | None:
    """The model of a type's `data`, or None for a type we do not know."""
    return CONTRACTS.get(event_type)


def check(event_type: str, data: Mapping[str, Any]) -> Contract:
    """Checks data that is about to be published, strictly: a field the contract does not name is a fault.

    Raises pydantic.ValidationError, or LookupError for a type that has no contract.
    """
    model = CONTRACTS.get(event_type)
    if model is None:
        raise LookupError(f"no contract for {event_type}")
    return model.model_validate(data)


__all__ = ["CONTRACTS", "Contract", "EventData", "Submission", "check", "contract_for", "schema_uri"]
