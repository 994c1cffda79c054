"""Events that mediation publishes on `mediation.case.v1`: type and outcome leave the service, terms and
parties never do.
"""

from typing import ClassVar

from shared.contracts.base import EventData, Moment, Ordinal, Rating, RoleAddress, TipId
from shared.contracts.case_vocabulary import (
    CaseState,
    MediationGround,
    MediationOutcome,
    ScopeDecision,
    ScopeGround,
)
from shared.contracts.vocabulary import Authority, DisputeType, ErasureReason


class CaseEvent(EventData):
    """What every case event carries. `tip_id` and `referral` are present when a tip brought the case, so that
    tips can close the loop without a question; parties are never told apart or counted.
    """

    TOPIC: ClassVar[str] = "mediation.case.v1"
    state: CaseState
    dispute_type: DisputeType
    requested_at: Moment
    tip_id: TipId | None = None
    referral: Ordinal | None = None


class MediationRequested(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.requested.v1"
    ground: MediationGround


class MediationScopeDecided(CaseEvent):
    """`ground` and `next_body` are present when the decision is `out`."""

    TYPE: ClassVar[str] = "liengia.mediation.scope_decided.v1"
    decision: ScopeDecision
    ground: ScopeGround | None = None
    next_body: Authority | None = None


class MediationAccepted(CaseEvent):
    """Every party has agreed to talk."""

    TYPE: ClassVar[str] = "liengia.mediation.accepted.v1"


class MediationAssigned(CaseEvent):
    """A mediator is named; it starts by `start_by`. Who it is stays inside."""

    TYPE: ClassVar[str] = "liengia.mediation.assigned.v1"
    start_by: Moment | None = None
    assignee: RoleAddress | None = None


class MediationSessionHeld(CaseEvent):
    """`held_at`: when the session took place; the event's time is when it was written down."""

    TYPE: ClassVar[str] = "liengia.mediation.session_held.v1"
    session: Ordinal
    held_at: Moment | None = None


class MediationConcluded(CaseEvent):
    """The end of the talks. `ended` is one word for unsuccessful, refused, withdrawn and stopped."""

    TYPE: ClassVar[str] = "liengia.mediation.concluded.v1"
    outcome: MediationOutcome
    next_body: Authority | None = None


class MediationFollowupDue(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.followup_due.v1"
    follow_up: Ordinal
    due_at: Moment


class MediationAgreementPerformed(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.agreement_performed.v1"


class MediationAgreementPartlyPerformed(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.agreement_partly_performed.v1"


class MediationAgreementBreached(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.agreement_breached.v1"


class MediationClosed(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.closed.v1"


class MediationRated(CaseEvent):
    """1 (bad) to 5 (good), by one party."""

    TYPE: ClassVar[str] = "liengia.mediation.rated.v1"
    rating: Rating


class MediationErased(CaseEvent):
    TYPE: ClassVar[str] = "liengia.mediation.erased.v1"
    reason: ErasureReason


EVENTS: tuple[type[EventData], ...] = (
    MediationRequested,
    MediationScopeDecided,
    MediationAccepted,
    MediationAssigned,
    MediationSessionHeld,
    MediationConcluded,
    MediationFollowupDue,
    MediationAgreementPerformed,
    MediationAgreementPartlyPerformed,
    MediationAgreementBreached,
    MediationClosed,
    MediationRated,
    MediationErased,
)
