"""Which words of a tip leave the service. Privacy is enforced here: a field that is not named here stays
inside.

No text, no place, no identity, no officer and no receipt code has a way out; what goes is checked against
its contract before it is stored as pending.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.tips.tip.domain.deadlines import APPEAL
from services.tips.tip.domain.state import Tip
from shared.contracts import tips as contract
from shared.contracts.base import EventData
from shared.decision import Happened

SOURCE = "/services/tips"

Facts = Mapping[str, object]


def word(tip_id: str, tip: Tip, happened: Happened) -> EventData:
    """The public words for what happened to a tip. Raises KeyError for an event without a contract."""
    model, detail = _WORDS[happened.name]
    told: dict[str, Any] = {
        "area": tip.area,
        "state": tip.status.value,
        "category": tip.category.value,
        "received_at": tip.received_at,
        "notify": _notify(tip, happened.name),
        **detail(tip, happened.facts),
    }
    if tip.restricted:
        told["restricted"] = "inspectorate"
    return model.model_validate(told)


def _notify(tip: Tip, event: str) -> tuple[str, ...]:
    """Who must act, by role. A tip about an officer is never announced to the ward it complains about."""
    if event not in _NEEDS_SOMEBODY:
        return ()
    if tip.restricted:
        return (f"role:inspectorate/{tip.area.split('/')[0]}/duty_officer",)
    return (f"role:ward_police/{'/'.join(tip.area.split('/')[:2])}/duty_officer",)


def _received(tip: Tip, facts: Facts) -> dict[str, Any]:
    return {
        "channel": tip.channel,
        "identity_mode": tip.identity_mode,
        "deadlines": {clock.name: clock.due for clock in tip.clocks if clock.name != APPEAL},
        "profile": tip.profile,
        "occurred_at": tip.occurred_at,
        "occurred_precision": tip.occurred_precision,
    }


def _classified(tip: Tip, facts: Facts) -> dict[str, Any]:
    return {
        "classification": tip.classification,
        "harm": tip.harm,
        "dispute_type": tip.dispute_type,
        "pattern": tip.pattern,
    }


def _attended(tip: Tip, facts: Facts) -> dict[str, Any]:
    return {"attended_at": tip.attended_at}


def _closed(tip: Tip, facts: Facts) -> dict[str, Any]:
    return {"closed_by": tip.closed_by, "outcome": tip.outcome}


def _nothing(tip: Tip, facts: Facts) -> dict[str, Any]:
    return {}


def _facts(*names: str) -> "Detail":
    """Takes over the named facts of the decision and no others."""

    def detail(tip: Tip, facts: Facts) -> dict[str, Any]:
        return {name: facts[name] for name in names if name in facts}

    return detail


Detail = Callable[[Tip, Facts], dict[str, Any]]

_WORDS: Mapping[str, tuple[type[EventData], Detail]] = {
    "tip.received": (contract.TipReceived, _received),
    "tip.classified": (contract.TipClassified, _classified),
    "tip.declined": (contract.TipDeclined, _facts("reason")),
    "tip.assigned": (contract.TipAssigned, _nothing),
    "tip.attended": (contract.TipAttended, _attended),
    "tip.referred_to_mediation": (
        contract.TipReferredToMediation,
        _facts("referral", "dispute_type", "join_hash"),
    ),
    "tip.returned": (contract.TipReturned, _facts("referral", "outcome")),
    "tip.handed_over": (contract.TipHandedOver, _facts("authority")),
    "tip.resolved": (contract.TipResolved, _facts("referral")),
    "tip.found_unfounded": (contract.TipFoundUnfounded, _facts("reason")),
    "tip.replied": (contract.TipReplied, _facts("outcome")),
    "tip.closed": (contract.TipClosed, _closed),
    "tip.rated": (contract.TipRated, _facts("rating")),
    "tip.handover_result": (contract.TipHandoverResult, _facts("result", "case_count", "person_count")),
    "tip.reopened": (contract.TipReopened, _facts("outcome")),
    "tip.message_posted": (contract.TipMessagePosted, _facts("author")),
    "tip.information_added": (contract.TipInformationAdded, _facts("author", "items")),
    "tip.duplicate_linked": (contract.TipDuplicateLinked, _facts("duplicate_of")),
    "tip.duplicate_unlinked": (contract.TipDuplicateUnlinked, _facts("duplicate_of")),
    "tip.deadline_extended": (contract.TipDeadlineExtended, _facts("clock", "due_at", "previous_due_at")),
    "tip.deadline_warning": (contract.TipDeadlineWarning, _facts("clock", "due_at")),
    "tip.deadline_breached": (contract.TipDeadlineBreached, _facts("clock", "due_at")),
    "identity.accessed": (contract.IdentityAccessed, _facts("purpose", "expires_at")),
    "tip.erased": (contract.TipErased, _facts("reason")),
}

_NEEDS_SOMEBODY = frozenset(
    {"tip.received", "tip.returned", "tip.reopened", "tip.deadline_warning", "tip.deadline_breached"}
)
