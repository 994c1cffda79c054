"""The state table of a case, as data (product.md, "State machines"). What is not in it is refused."""

from dataclasses import dataclass
from enum import StrEnum

from services.mediation.domain.state import OPEN
from shared.contracts.vocabulary import CaseState
from shared.errors import IllegalTransition


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


@dataclass(frozen=True, slots=True)
class Transition:
    """`to` None: the state stays, or the row's condition decides. `events` are those the call may emit."""

    call: Call
    sources: frozenset[CaseState]
    to: CaseState | None
    events: tuple[str, ...] = ()


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

TRANSITIONS: tuple[Transition, ...] = (
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

_BY_CALL = {row.call: row for row in TRANSITIONS}
_BY_ITSELF = frozenset({Call.tick, Call.erase})
_PARTIES_ALONE = frozenset({Call.joining, Call.rating})


def lawful_actions(state: CaseState) -> tuple[str, ...]:
    """What the team may do in `state`, as path segments of the contract, in table order."""
    found = (row.call for row in TRANSITIONS if state in row.sources)
    segments = (call.value.split(":")[0] for call in found if call not in _BY_ITSELF | _PARTIES_ALONE)
    return tuple(dict.fromkeys(segments))


def enter(call: Call, state: CaseState) -> CaseState:
    """The state that `call` leads to. Raises `IllegalTransition` naming what is lawful instead."""
    row = _BY_CALL[call]
    if state not in row.sources:
        raise refusal(call, state)
    return row.to or state


def refusal(call: Call, state: CaseState, because: str = "") -> IllegalTransition:
    """The refusal of `call` in `state`; `because` tells a condition of the row that does not hold."""
    segment = call.value.split(":")[0]
    why = because or f"a case that is {state.value} does not allow {segment}"
    lawful = [action for action in lawful_actions(state) if not because or action != segment]
    return IllegalTransition(f"{why}; lawful now: {', '.join(lawful) or 'nothing'}")
