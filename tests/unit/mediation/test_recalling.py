"""What stands again of a case, by its own events, after its database was lost."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.mediation.domain import recalling
from services.mediation.domain.recalling import Told
from services.mediation.domain.state import Case
from shared.contracts.case_vocabulary import CaseState, MediationGround, MediationOutcome
from shared.contracts.vocabulary import Category
from tests.unit.mediation.building import (
    DAY,
    IN_STATE,
    NOW,
    RULEBOOK,
    RULES,
    following_up,
    requested,
    ticked,
    told,
)

HASH = "9b1c" * 16


def of(case: Case, at: datetime = NOW, **facts: Any) -> Told:
    """What the event told that left a case as it is."""
    return Told(case.status, case.area, case.dispute_type, case.requested_at, at, **facts)


def recalled(case: Case | None, event: Told) -> Case:
    decision = recalling.recall(case, event, "new key", RULEBOOK)
    assert told(decision) == []
    return decision.state


@pytest.mark.parametrize("state", list(CaseState))
def test_a_case_stands_in_the_state_that_its_last_event_told_and_nobody_is_in_it(state: CaseState) -> None:
    was = IN_STATE[state]()
    now = recalled(None, of(was, tip_id="tip_1", referral=2))
    assert (now.status, now.area, now.dispute_type) == (state, was.area, was.dispute_type)
    assert (now.requested_at, now.profile, now.tip_id, now.referral) == (
        was.requested_at,
        was.profile,
        "tip_1",
        2,
    )
    assert now.ground is MediationGround.REFERRAL
    assert (now.parties, now.mediator, now.terms, now.sessions) == ((), None, (), ())
    assert (now.key == "") == (state is CaseState.ERASED)


def test_an_agreement_is_followed_up_on_the_same_days_and_no_look_is_announced_twice() -> None:
    was = following_up()
    now = recalled(None, of(was, outcome=MediationOutcome.SUCCESSFUL))
    assert [look.due_at for look in now.follow_ups] == [look.due_at for look in was.follow_ups]
    assert now.outcome is MediationOutcome.SUCCESSFUL
    first = was.follow_ups[0].due_at
    now = recalled(now, of(now, first, follow_up=1))
    assert told(ticked(now, first + DAY)) == []
    assert told(ticked(now, was.follow_ups[1].due_at)) == ["followup_due"]


def test_what_has_closed_is_forgotten_on_its_day_all_the_same() -> None:
    now = recalled(None, of(IN_STATE[CaseState.CLOSED](), outcome=MediationOutcome.ENDED))
    again = recalled(now, of(now, NOW + 40 * DAY))  # rated later: it closed when it closed
    assert (again.closed_at, again.kept_until) == (NOW, now.kept_until)
    assert now.kept_until is not None
    assert told(ticked(now, now.kept_until + timedelta(days=1))) == ["erased"]


def test_a_referral_that_comes_after_lets_its_reporter_join_while_people_may_still_come_in() -> None:
    early = replace(requested(), category=None)
    case = recalling.complete(early, Category.NOISE, HASH, RULES).state
    assert (case.category, case.join_hash) == (Category.NOISE, HASH)
    again = recalling.complete(replace(case, join_hash=None), Category.NOISE, HASH, RULES).state
    assert again.join_hash is None, "the code was used"
    late = recalled(early, of(IN_STATE[CaseState.IN_SESSION]()))
    assert recalling.complete(late, Category.NOISE, HASH, RULES).state.join_hash is None
