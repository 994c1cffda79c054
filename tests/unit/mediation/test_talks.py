"""Who mediates, what a session is, and what an agreement may say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.mediation.domain import talks
from services.mediation.domain.deadlines import deadline, overdue
from services.mediation.domain.rules import LIMITS
from services.mediation.domain.state import Term
from shared.contracts.case_vocabulary import CaseState
from shared.errors import Conflict, IllegalTransition, Invalid
from tests.unit.mediation.building import (
    DAY,
    HEAD,
    MEDIATOR,
    NOW,
    RULES,
    SECOND,
    accepted,
    agreement,
    assigned,
    assignment,
    candidate,
    in_session,
    local,
    session,
    told,
)
from tests.unit.mediation.test_beginnings import pointers


@pytest.mark.parametrize(
    ("named", "last"),
    [
        ("2026-09-14T09:00:00", "2026-09-17T23:59:59"),  # Monday → Thursday
        ("2026-09-16T23:59:59", "2026-09-21T23:59:59"),  # Wednesday → Saturday, so Monday
        ("2026-09-17T00:00:00", "2026-09-21T23:59:59"),  # a second later it is Thursday → Sunday, so Monday
        ("2026-08-30T12:00:00", "2026-09-03T23:59:59"),  # Sunday → 2 September, a holiday
    ],
)
def test_talks_start_within_three_days_of_viet_nam_that_roll_to_a_working_day(named: str, last: str) -> None:
    case = replace(accepted(), requested_at=local(named))
    decision = assignment(case, now=local(named))
    case, start_by = decision.state, local(last)
    assert (case.start_by, decision.happened[0].facts) == (start_by, {"start_by": start_by})
    assert deadline(case, RULES) == ("start", start_by)
    assert not overdue(case, RULES, start_by)
    assert overdue(case, RULES, start_by + SECOND)
    assert not overdue(session(case, now=start_by).state, RULES, start_by + DAY)


def test_nobody_with_an_interest_serves() -> None:
    with pytest.raises(Conflict) as refused:
        assignment(accepted(), candidate(interested=True))
    assert refused.value.code == "mediator_conflict_of_interest"


def test_who_was_objected_to_loses_the_case_and_never_gets_it_again() -> None:
    case = talks.object_to(assigned(), MEDIATOR, number=1, by="party", rules=RULES).state
    assert (case.status, case.mediator, case.mediator_subject) == (CaseState.ASSIGNED, None, None)
    with pytest.raises(Conflict) as refused:
        assignment(case)
    assert refused.value.code == "mediator_objected_to"
    with pytest.raises(IllegalTransition, match="no mediator is assigned"):
        session(case)
    with pytest.raises(IllegalTransition, match="barred from the case already"):
        talks.object_to(case, MEDIATOR, number=2, by="party", rules=RULES)
    other = assignment(case, candidate("team_a/2"))
    assert (other.state.mediator, told(other)) == ("team_a/2", ["assigned"])
    assert session(other.state).state.status is CaseState.IN_SESSION


def test_an_objection_to_somebody_else_leaves_the_mediator_and_bars_the_other_beforehand() -> None:
    case = talks.object_to(assigned(), "team_a/3", number=1, by="party", rules=RULES).state
    assert case.mediator == MEDIATOR
    before = talks.object_to(accepted(), MEDIATOR, number=2, by=HEAD, rules=RULES).state
    with pytest.raises(Conflict):
        assignment(before)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"held_at": NOW + SECOND}, ["/held_at"]),
        ({"held_at": assigned().requested_at - SECOND}, ["/held_at"]),
        ({"attended": (1, 9)}, ["/attended/1"]),
    ],
)
def test_a_session_was_held_between_the_request_and_now_with_parties_of_the_case(
    changes: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        session(assigned(), **changes)
    assert pointers(refused) == expected


def test_sessions_are_counted_and_a_case_has_room_for_so_many() -> None:
    case = in_session()
    for number in range(2, LIMITS.sessions + 1):
        decision = session(case)
        assert decision.happened[0].facts == {"session": number, "held_at": NOW}
        case = decision.state
    with pytest.raises(Invalid, match="cannot be recorded"):
        session(case)


@pytest.mark.parametrize("begun", [assigned, in_session])
def test_violence_or_coercion_ends_the_talks_there(begun: Any) -> None:
    decision = session(begun(), stopped=True)
    assert told(decision) == ["session_held", "concluded", "closed"]
    assert (decision.state.status, decision.state.sessions[-1].stopped) == (CaseState.CLOSED, True)


def term(**changes: Any) -> Term:
    return replace(Term(0, "sealed", (1,)), **changes)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ((), ["/terms"]),
        ((term(),) * (LIMITS.terms + 1), ["/terms"]),
        ((term(), term(due=date(2026, 9, 13))), ["/terms/1/due"]),
        ((term(), term(owners=(2, 5))), ["/terms/1/owners/1"]),
    ],
)
def test_an_agreement_has_terms_with_owners_in_the_case_and_days_to_come(
    terms: tuple[Term, ...], expected: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        agreement(in_session(), terms)
    assert pointers(refused) == expected


def test_a_term_may_be_due_today_as_the_day_is_in_viet_nam() -> None:
    """At 00:30 in Viet Nam it is still yesterday in UTC."""
    now = local("2026-09-15T00:30:00")
    case = session(assigned(), now=now).state
    done = agreement(case, (term(due=date(2026, 9, 15)),), now=now).state
    assert [one.number for one in done.terms] == [1]
    with pytest.raises(Invalid):
        agreement(case, (term(due=date(2026, 9, 14)),), now=now)
