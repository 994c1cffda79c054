"""Cases for tests: one as it is requested, and the steps that lead to any state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.mediation.domain import consent, followups, opening, talks
from services.mediation.domain.state import Case, ChosenBy, Judgement, Party, Session, Term
from services.mediation.domain.team import Candidate
from services.mediation.rulebook import Rulebook
from shared.contracts.case_vocabulary import CaseState, MediationGround, ScopeDecision
from shared.contracts.vocabulary import DisputeType, ErasureReason
from shared.decision import Decision
from shared.rules import load

RULEBOOK = Rulebook(load())
# A Monday; days count in Viet Nam, where it is 08:00.
REQUESTED = datetime.fromisoformat("2026-09-14T08:00:00+07:00").astimezone(UTC)
RULES = RULEBOOK.on(REQUESTED)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NOW = REQUESTED + HOUR
HEAD, MEDIATOR = "head-1", "team_a/1"
TERMS = (Term(0, "sealed", (2,)), Term(0, "sealed", (1, 2)))


def local(text: str) -> datetime:
    """A moment in Viet Nam as UTC."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def party(number: int = 0, **changes: Any) -> Party:
    return replace(Party(number, f"sealed-{number}", f"code-{number}", f"mark-{number}"), **changes)


def asked(**changes: Any) -> opening.Request:
    wanted: dict[str, Any] = {
        "area": "99/99001/tdp-2",
        "dispute_type": DisputeType.BOUNDARY,
        "ground": MediationGround.PARTY_REQUEST,
        "key": "wrapped",
        "parties": (party(1), party(2)),
        **changes,
    }
    return opening.Request(**wanted)


def requested(**changes: Any) -> Case:
    return opening.request(asked(**changes), RULEBOOK, REQUESTED).state


def scope(case: Case, decision: ScopeDecision, now: datetime = NOW, **told: Any) -> Decision[Case]:
    facts = {"ground": None, "next_body": None, **told}
    return opening.decide_scope(case, decision, rules=RULES, now=now, **facts)


def consent_pending(**changes: Any) -> Case:
    return scope(requested(**changes), ScopeDecision.IN).state


def agreed(case: Case, number: int, now: datetime = NOW) -> Decision[Case]:
    return consent.agree(case, number, by="party", rules=RULES, now=now)


def accepted() -> Case:
    return agreed(agreed(consent_pending(), 1).state, 2).state


def candidate(mediator: str = MEDIATOR, *, interested: bool = False) -> Candidate:
    return Candidate(mediator, f"subject-of-{mediator}", interested)


def assignment(case: Case, who: Candidate | None = None, now: datetime = NOW) -> Decision[Case]:
    return talks.assign(case, who or candidate(), chosen_by=ChosenBy.PARTIES, by=HEAD, rules=RULES, now=now)


def assigned() -> Case:
    return assignment(accepted()).state


def session(case: Case, now: datetime = NOW, **changes: Any) -> Decision[Case]:
    held = Session(0, now, (1, 2), "sealed", "sealed")
    return talks.hold_session(case, replace(held, **changes), by=MEDIATOR, rules=RULES, now=now)


def in_session() -> Case:
    return session(assigned()).state


def agreement(case: Case, terms: tuple[Term, ...] = TERMS, now: datetime = NOW) -> Decision[Case]:
    today = RULES.calendar.day_of(now)
    return talks.succeed(case, terms, today=today, by=MEDIATOR, rules=RULES, now=now)


def following_up() -> Case:
    return agreement(in_session()).state


def judged(case: Case, judgements: dict[int, Judgement], now: datetime = NOW) -> Decision[Case]:
    return followups.judge(case, judgements, by=MEDIATOR, rules=RULES, now=now)


def closed() -> Case:
    return judged(following_up(), {1: Judgement.PERFORMED, 2: Judgement.PERFORMED}).state


def ticked(case: Case, now: datetime) -> Decision[Case]:
    return followups.tick(case, rules=RULES, now=now)


def told(decision: Decision[Case]) -> list[str]:
    return [happened.name.removeprefix("mediation.") for happened in decision.happened]


IN_STATE: dict[CaseState, Callable[[], Case]] = {
    CaseState.REQUESTED: requested,
    CaseState.AWAITING_ADVICE: lambda: scope(requested(), ScopeDecision.UNSURE).state,
    CaseState.CONSENT_PENDING: consent_pending,
    CaseState.ACCEPTED: accepted,
    CaseState.ASSIGNED: assigned,
    CaseState.IN_SESSION: in_session,
    CaseState.FOLLOWING_UP: following_up,
    CaseState.CLOSED: closed,
    CaseState.ERASED: lambda: followups.erase(closed(), ErasureReason.RETENTION).state,
}
"""One case in every state."""
