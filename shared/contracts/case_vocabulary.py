"""The words of a case of mediation, as enumerations. Standard library only."""

from enum import StrEnum


class CaseState(StrEnum):
    REQUESTED = "requested"
    AWAITING_ADVICE = "awaiting_advice"
    CONSENT_PENDING = "consent_pending"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    IN_SESSION = "in_session"
    FOLLOWING_UP = "following_up"
    CLOSED = "closed"
    ERASED = "erased"


class MediationOutcome(StrEnum):
    """What leaves mediation: `ended` is the one word for unsuccessful, refused, withdrawn and stopped."""

    SUCCESSFUL = "successful"
    ENDED = "ended"
    OUT_OF_SCOPE = "out_of_scope"


class MediationGround(StrEnum):
    """What brought a case to mediation."""

    REFERRAL = "referral"
    PARTY_REQUEST = "party_request"
    MEDIATOR_INITIATIVE = "mediator_initiative"
    AGENCY_PROPOSAL = "agency_proposal"
    ON_THE_SPOT = "on_the_spot"


class ScopeDecision(StrEnum):
    IN = "in"
    OUT = "out"
    UNSURE = "unsure"


class ScopeGround(StrEnum):
    """Why a case is out of scope: article 3 of the Law on Grassroots Mediation (35/2013/QH13)."""

    STATE_OR_PUBLIC_INTEREST = "state_or_public_interest"
    BARRED_BY_LAW = "barred_by_law"
    MUST_BE_PROSECUTED = "must_be_prosecuted"
    MUST_BE_SANCTIONED = "must_be_sanctioned"
    OTHERWISE_BARRED = "otherwise_barred"
