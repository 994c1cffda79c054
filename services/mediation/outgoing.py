"""Which words of a case leave the service. Privacy is enforced here: a field that is not named here stays
inside.

No party, term, place, mediator or reason has a way out; what goes is checked against its contract before it
is stored as pending.
"""

from collections.abc import Mapping

from services.mediation.domain.state import Case
from services.mediation.domain.team import Team
from shared.contracts import mediation as contract
from shared.contracts.base import Contract, EventData
from shared.decision import Happened

SOURCE = "/services/mediation"


def word(case_id: str, case: Case, happened: Happened) -> EventData:
    """The public words for what happened to a case. Raises KeyError for an event without a contract."""
    model, facts = _WORDS[happened.name]
    told = {
        "area": case.area,
        "state": case.status.value,
        "dispute_type": case.dispute_type.value,
        "requested_at": case.requested_at,
        "tip_id": case.tip_id,
        "referral": case.referral,
        "notify": _notify(case, happened.name),
        **{name: happened.facts[name] for name in facts if name in happened.facts},
    }
    return model.model_validate(told)


def word_team(team_id: str, team: Team, happened: Happened) -> Contract:
    """Teams stay inside: nothing of them is ever told."""
    raise KeyError(happened.name)


def _notify(case: Case, event: str) -> tuple[str, ...]:
    """Who must act, by role: the team of the ward."""
    role = _MUST_ACT.get(event)
    ward = "/".join(case.area.split("/")[:2])
    return () if role is None else (f"role:mediation_team/{ward}/{role}",)


_MUST_ACT: Mapping[str, str] = {
    "mediation.requested": "team_head",
    "mediation.accepted": "team_head",
    "mediation.assigned": "mediator",
    "mediation.followup_due": "mediator",
}
_WORDS: Mapping[str, tuple[type[EventData], tuple[str, ...]]] = {
    "mediation.requested": (contract.MediationRequested, ("ground",)),
    "mediation.scope_decided": (contract.MediationScopeDecided, ("decision", "ground", "next_body")),
    "mediation.accepted": (contract.MediationAccepted, ()),
    "mediation.assigned": (contract.MediationAssigned, ("start_by",)),
    "mediation.session_held": (contract.MediationSessionHeld, ("session", "held_at")),
    "mediation.concluded": (contract.MediationConcluded, ("outcome", "next_body")),
    "mediation.followup_due": (contract.MediationFollowupDue, ("follow_up", "due_at")),
    "mediation.agreement_performed": (contract.MediationAgreementPerformed, ()),
    "mediation.agreement_partly_performed": (contract.MediationAgreementPartlyPerformed, ()),
    "mediation.agreement_breached": (contract.MediationAgreementBreached, ()),
    "mediation.closed": (contract.MediationClosed, ()),
    "mediation.rated": (contract.MediationRated, ("rating",)),
    "mediation.erased": (contract.MediationErased, ("reason",)),
}
