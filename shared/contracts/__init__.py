"""The platform's public events: one module of models per producer, and the topic table.

`python -m shared.contracts generate` writes what is derived from them, `check` says whether that is stale or
broken.
"""

from collections.abc import Mapping
from typing import Any

from shared.contracts import analytics, mediation, notifications, registry, submissions, tips
from shared.contracts.base import Contract, EventData, Submission, schema_uri

EVENT_MODELS: tuple[type[EventData], ...] = (
    *tips.EVENTS,
    *mediation.EVENTS,
    *notifications.EVENTS,
    *analytics.EVENTS,
    *registry.EVENTS,
)
CONTRACTS: Mapping[str, type[Contract]] = {
    model.TYPE: model for model in (*EVENT_MODELS, *submissions.SUBMISSIONS)
}


def contract_for(event_type: str) -> type[Contract] | None:
    """The model of a type's `data`; None for a type we do not know, and for `tip.submitted`, whose data is a
    JWE.
    """
    return CONTRACTS.get(event_type)


def check(event_type: str, data: Mapping[str, Any]) -> Contract:
    """Checks data that is about to be published, strictly: a field the contract does not name is a fault.

    Raises pydantic.ValidationError, or LookupError for a type that has no contract.
    """
    model = CONTRACTS.get(event_type)
    if model is None:
        raise LookupError(f"no contract for {event_type}")
    return model.model_validate(data)


__all__ = [
    "CONTRACTS",
    "EVENT_MODELS",
    "Contract",
    "EventData",
    "Submission",
    "check",
    "contract_for",
    "schema_uri",
]
