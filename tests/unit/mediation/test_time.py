"""What time does to a case: looks at an agreement, parties who do not answer, forgetting."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mediation.domain import consent, followups
from services.mediation.domain.deadlines import deadline, next_due
from services.mediation.domain.state import Case, EndReason, Judgement
from shared.contracts.case_vocabulary import CaseState
from shared.contracts.vocabulary import ErasureReason
from shared.errors import IllegalTransition, Invalid
from tests.unit.mediation.building import (
    DAY,
    HEAD,
    NOW,
    RULES,
    SECOND,
    agreed,
    agreement,
    assigned,
    closed,
    consent_pending,
    following_up,
    judged,
    local,
    session,
    ticked,
    told,
)
from tests.unit.mediation.test_beginnings import pointers

LOOKS = ["2026-09-21T23:59:59", "2026-10-14T23:59:59", "2026-12-14T23:59:59"]


def concluded_at(now: datetime) -> Case:
    return agreement(session(assigned(), now=now).state, now=now).state


@pytest.mark.parametrize(
    ("concluded", "looks"),
    [
        ("2026-09-14T09:00:00", LOOKS),  # 7 and 30 days are a Monday and a Wednesday, 90 a Sunday, so Monday
        ("2026-09-14T23:59:59", LOOKS),
        ("2026-09-15T00:00:00", ["2026-09-22T23:59:59", "2026-10-15T23:59:59", "2026-12-14T23:59:59"]),
    ],
)
def test_an_agreement_is_looked_at_after_7_30_and_90_days_of_viet_nam(
    concluded: str, looks: list[str]
) -> None:
    case = concluded_at(local(concluded))
    assert [one.due_at for one in case.follow_ups] == [local(look) for look in looks]
    assert next_due(case, RULES) == local(looks[0])
    assert deadline(case, RULES) == ("follow_up", local(looks[0]))


def test_each_look_is_announced_once_and_no_sooner_than_it_is_due() -> None:
    case = following_up()
    first, second, third = (local(look) for look in LOOKS)
    assert told(ticked(case, first - SECOND)) == []
    decision = ticked(case, first)
    assert decision.happened[0].facts == {"follow_up": 1, "due_at": first}
    assert (told(decision), decision.next_due) == (["followup_due"], second)
    again = ticked(decision.state, first + SECOND)
    assert (told(again), again.next_due) == ([], second)
    late = ticked(decision.state, third + DAY)
    assert [one.facts["follow_up"] for one in late.happened] == [2, 3]
    assert late.next_due is None


@given(st.lists(st.integers(0, 200), max_size=12))
def test_however_often_the_clock_rings_every_look_is_announced_once(days: list[int]) -> None:
    case, announced = following_up(), list[object]()
    for day in sorted(days):
        decision = ticked(case, NOW + day * DAY)
        announced += [one.facts["follow_up"] for one in decision.happened]
        case = decision.state
    passed = sum(one.due_at <= NOW + max(days, default=0) * DAY for one in case.follow_ups)
    assert announced == list(range(1, passed + 1))


def test_a_look_that_is_due_may_find_nothing_to_judge_and_is_had_then() -> None:
    case = following_up()
    with pytest.raises(Invalid) as refused:
        judged(case, {})
    assert pointers(refused) == ["/terms"]
    had = judged(case, {}, now=local(LOOKS[0])).state
    assert deadline(had, RULES) == ("follow_up", local(LOOKS[1]))


def test_only_terms_of_the_agreement_are_judged_and_anew_while_others_wait() -> None:
    case = following_up()
    with pytest.raises(Invalid) as refused:
        judged(case, {1: Judgement.PERFORMED, 3: Judgement.BREACHED})
    assert pointers(refused) == ["/terms/1/term"]
    changed = judged(judged(case, {1: Judgement.BREACHED}).state, {1: Judgement.PERFORMED}).state
    assert told(judged(changed, {2: Judgement.PERFORMED})) == ["agreement_performed", "closed"]


def tried(times: int, now: datetime = NOW) -> Case:
    case = consent_pending()
    for _ in range(times):
        case = consent.attempt(case, 2, by=HEAD, rules=RULES, now=now).state
    return case


def test_a_party_who_was_tried_three_times_ends_the_case_three_days_later() -> None:
    assert next_due(tried(2), RULES) is None
    case, last = tried(3), local("2026-09-17T23:59:59")
    assert deadline(case, RULES) == ("answer", last)
    assert next_due(case, RULES) == last + SECOND
    assert ticked(case, last).state.status is CaseState.CONSENT_PENDING
    gone = ticked(case, last + SECOND)
    assert (told(gone), gone.state.end_reason) == (["concluded", "closed"], EndReason.UNREACHABLE)
    assert gone.happened[0].facts == {"outcome": "ended"}


def test_another_attempt_gives_time_again_and_an_answer_ends_the_waiting() -> None:
    again = consent.attempt(tried(3), 2, by=HEAD, rules=RULES, now=local("2026-09-17T10:00:00")).state
    assert deadline(again, RULES) == ("answer", local("2026-09-21T23:59:59"))
    answered = agreed(tried(3), 2)
    assert answered.next_due is None
    assert ticked(answered.state, NOW + 30 * DAY).state.status is CaseState.CONSENT_PENDING


@pytest.mark.parametrize("score", [0, 6])
def test_a_rating_is_on_the_scale(score: int) -> None:
    with pytest.raises(Invalid) as refused:
        followups.rate(closed(), 1, score, rules=RULES)
    assert pointers(refused) == ["/rating"]


def test_each_party_rates_once() -> None:
    decision = followups.rate(closed(), 1, 5, rules=RULES)
    assert decision.happened[0].facts == {"rating": 5}
    with pytest.raises(IllegalTransition, match="has rated"):
        followups.rate(decision.state, 1, 1, rules=RULES)
    assert followups.rate(decision.state, 2, 2, rules=RULES).state.parties[1].rating == 2


def test_a_closed_case_is_forgotten_after_two_years_and_what_can_be_counted_survives() -> None:
    case, last = closed(), local("2028-09-14T23:59:59")
    assert (case.kept_until, next_due(case, RULES)) == (last, last + SECOND)
    assert ticked(case, last).state.status is CaseState.CLOSED
    assert not followups.erases(case, last)
    assert followups.erases(case, last + SECOND)
    decision = ticked(case, last + SECOND)
    after = decision.state
    assert (told(decision), decision.happened[0].facts) == (["erased"], {"reason": "retention"})
    assert (after.status, decision.next_due) == (CaseState.ERASED, None)
    assert (after.key, after.parties, after.sessions, after.terms) == ("", (), (), ())
    assert (after.mediator, after.mediator_subject, after.barred, after.join_hash) == (None, None, (), None)
    survives = ("area", "dispute_type", "ground", "outcome", "held", "requested_at", "closed_at")
    assert [getattr(after, name) for name in survives] == [getattr(case, name) for name in survives]


def test_the_retention_counts_from_the_day_a_case_closed() -> None:
    ended = consent.refuse(consent_pending(), 1, by=HEAD, rules=RULES, now=local("2026-12-31T22:00:00")).state
    assert ended.kept_until == local("2029-01-01T23:59:59")  # 31 December 2028 is a Sunday
    assert not followups.erases(replace(ended, status=CaseState.FOLLOWING_UP), NOW + 3000 * DAY)
    assert followups.erase(ended, ErasureReason.REQUEST).happened[0].facts == {"reason": "request"}
