"""The state table of a case, as data (tests/unit/mediation/test_table.py has it in words). What is not in it
is refused.
"""

from enum import StrEnum

from services.mediation.domain.state import OPEN
from shared.contracts.case_vocabulary import CaseState
from shared.state_table import StateTable, Transition


class Call(StrEnum):
    """The calls of the table, spelled as the last segment of their path where they have one."""

    scope_in = "scope-check: in"
    scope_out = "scope-check: out"
    scope_unsure = "scope-check: unsure"
    parties = "parties"
    joining = "join"
    attempts = "attempts"
    consents = "consents"
    refuse = "consents: refused"
    assignments = "assignments"
    objections = "objections"
    sessions = "sessions"
    stop = "sessions: stopped"
    succeed = "outcome: successful"
    fail = "outcome: unsuccessful"
    withdraw = "withdraw"
    follow_ups = "follow-ups"
    rating = "rating"
    tick = "tick"
    erase = "erase"


_S = CaseState
_CONCLUDED = ("mediation.concluded", "mediation.closed")
_BEFORE_CONSENT = frozenset({_S.REQUESTED, _S.AWAITING_ADVICE})
_COMING_IN = _BEFORE_CONSENT | {_S.CONSENT_PENDING}
_PENDING = frozenset({_S.CONSENT_PENDING})
_TO_BE_ASSIGNED = frozenset({_S.ACCEPTED, _S.ASSIGNED})
_TALKING = frozenset({_S.ASSIGNED, _S.IN_SESSION})
_IN_SESSION = frozenset({_S.IN_SESSION})
_BEFORE_OUTCOME = OPEN - {_S.FOLLOWING_UP}
_FOLLOWING = frozenset({_S.FOLLOWING_UP})
_CLOSED = frozenset({_S.CLOSED})

TRANSITIONS: tuple[Transition[Call, CaseState], ...] = (
    Transition(Call.scope_in, _BEFORE_CONSENT, _S.CONSENT_PENDING, ("mediation.scope_decided",)),
    Transition(Call.scope_out, _BEFORE_CONSENT, _S.CLOSED, ("mediation.scope_decided", *_CONCLUDED)),
    Transition(Call.scope_unsure, _BEFORE_CONSENT, _S.AWAITING_ADVICE, ("mediation.scope_decided",)),
    Transition(Call.parties, _COMING_IN, None),
    Transition(Call.joining, _COMING_IN, None),
    Transition(Call.attempts, _PENDING, None),
    Transition(Call.consents, _PENDING, None, ("mediation.accepted",)),
    Transition(Call.refuse, _PENDING, _S.CLOSED, _CONCLUDED),
    Transition(Call.assignments, _TO_BE_ASSIGNED, _S.ASSIGNED, ("mediation.assigned",)),
    Transition(Call.objections, _TO_BE_ASSIGNED, None),
    Transition(Call.sessions, _TALKING, _S.IN_SESSION, ("mediation.session_held",)),
    Transition(Call.stop, _TALKING, _S.CLOSED, ("mediation.session_held", *_CONCLUDED)),
    Transition(Call.succeed, _IN_SESSION, _S.FOLLOWING_UP, ("mediation.concluded",)),
    Transition(Call.fail, _IN_SESSION, _S.CLOSED, _CONCLUDED),
    Transition(Call.withdraw, _BEFORE_OUTCOME, _S.CLOSED, _CONCLUDED),
    Transition(
        Call.follow_ups,
        _FOLLOWING,
        None,
        (
            "mediation.agreement_performed",
            "mediation.agreement_partly_performed",
            "mediation.agreement_breached",
            "mediation.closed",
        ),
    ),
    Transition(Call.rating, _CLOSED, None, ("mediation.rated",)),
    Transition(Call.tick, OPEN, None, ("mediation.followup_due", *_CONCLUDED)),
    Transition(Call.erase, _CLOSED, _S.ERASED, ("mediation.erased",)),
)
"""`tick` ends a case whose parties could not be reached, and announces follow-ups."""

_BY_ITSELF = frozenset({Call.tick, Call.erase})
_PARTIES_ALONE = frozenset({Call.joining, Call.rating})
TABLE = StateTable("a case", TRANSITIONS, unlisted=_BY_ITSELF | _PARTIES_ALONE)
lawful_actions, enter, refusal = TABLE.lawful_actions, TABLE.enter, TABLE.refusal
