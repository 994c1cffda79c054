"""How tips end, and what the reporter may do about it: once, in time, and before another officer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.tips.handling.domain import first_steps, outcomes
from services.tips.reporter import domain as reporter
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Tip
from shared.contracts.vocabulary import (
    Authority,
    Classification,
    DeclineReason,
    HandoverResult,
    TipOutcome,
    TipState,
)
from shared.decision import Decision
from shared.errors import Conflict, Forbidden, IllegalTransition, Invalid
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    closed,
    handed_over,
    reopened,
    replied,
    resolved,
)

LATER = RECEIVED + 30 * HOUR


def test_a_handover_tells_the_authority_and_keeps_its_receipt_number_inside() -> None:
    decision = outcomes.handover(
        classified(),
        Authority.INVESTIGATION_AGENCY,
        by=OFFICER,
        rules=RULES,
        now=LATER,
        receipt_no="GN-118/2026",
    )
    assert decision.happened[0].facts == {"authority": "investigation_agency"}
    assert decision.state.handover_no == "GN-118/2026"
    assert "GN-118" not in str((decision.happened, decision.noted))


def test_the_outcome_is_kept_after_the_reply_and_the_end() -> None:
    tip = outcomes.close(replied(handed_over()), rules=RULES, now=LATER).state
    assert (tip.status, tip.outcome) == (TipState.CLOSED, TipOutcome.HANDED_OVER)


@pytest.mark.parametrize("size", [0, LIMITS.reply + 1])
def test_a_reply_is_neither_empty_nor_endless(size: int) -> None:
    with pytest.raises(Invalid):
        outcomes.reply(resolved(), text="sealed", size=size, by=OFFICER, rules=RULES, now=LATER)


def test_a_handover_result_carries_counts_and_nil_is_not_unknown() -> None:
    decision = outcomes.handover_result(handed_over(), HandoverResult.NO_CASE, now=LATER, cases=0)
    assert decision.happened[0].facts == {"result": "no_case", "case_count": 0}
    assert (decision.state.handover_cases, decision.state.handover_persons) == (0, None)


def test_a_later_handover_result_replaces_the_earlier_one() -> None:
    first = outcomes.handover_result(handed_over(), HandoverResult.SANCTIONED, now=LATER, cases=1).state
    second = outcomes.handover_result(first, HandoverResult.CASE_OPENED, now=LATER, cases=1, persons=2).state
    assert (second.handover_result, second.handover_persons) == (HandoverResult.CASE_OPENED, 2)


def test_a_tip_that_was_not_handed_over_has_no_handover_result() -> None:
    for tip in (replied(resolved()), closed()):
        with pytest.raises(IllegalTransition, match="not handed over"):
            outcomes.handover_result(tip, HandoverResult.NO_CASE, now=LATER)


def test_an_impossible_count_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        outcomes.handover_result(
            handed_over(), HandoverResult.CASE_OPENED, now=LATER, cases=-1, persons=10**6
        )
    assert [fault.pointer for fault in refused.value.faults] == ["/case_count", "/person_count"]


def test_a_reporter_rates_once() -> None:
    rated = reporter.rate(replied(), 5, now=LATER)
    assert rated.happened[0].facts == {"rating": 5}
    with pytest.raises(IllegalTransition, match="has been rated") as refused:
        reporter.rate(rated.state, 1, now=LATER)
    assert "rating" not in refused.value.detail.split("lawful now:")[1]


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_rating_off_the_scale_is_refused(score: int) -> None:
    with pytest.raises(Invalid):
        reporter.rate(replied(), score, now=LATER)


def test_a_contest_in_the_window_reopens_the_tip_also_after_an_early_close() -> None:
    for tip in (replied(), closed()):
        decision = reporter.contest(tip, rules=RULES, now=LATER)
        assert decision.state.status is TipState.REOPENED
        assert decision.happened[0].facts == {"outcome": "resolved"}
        assert (decision.state.closed_at, decision.state.appeal_until) == (None, None)


def test_a_contest_is_lawful_through_the_last_second_of_the_window_and_not_after() -> None:
    for tip in (replied(), closed()):
        assert tip.appeal_until is not None
        assert reporter.contest(tip, rules=RULES, now=tip.appeal_until).happened
        with pytest.raises(IllegalTransition, match="window has ended"):
            reporter.contest(tip, rules=RULES, now=tip.appeal_until + timedelta(seconds=1))


def test_a_tip_is_contested_once_in_its_life() -> None:
    again = replied(resolved(classified(reopened(), by=COLLEAGUE), by=COLLEAGUE), now=LATER, by=COLLEAGUE)
    assert again.appeal_until is not None
    with pytest.raises(IllegalTransition, match="contested once"):
        reporter.contest(again, rules=RULES, now=LATER)


def test_a_reopened_tip_goes_to_another_officer() -> None:
    tip = reopened()
    assert (tip.assigned_to, tip.barred) == (None, (OFFICER,))
    with pytest.raises(Conflict) as refused:
        first_steps.assign(tip, to=OFFICER, now=LATER)
    assert refused.value.code == "same_officer"
    assert first_steps.assign(tip, to=COLLEAGUE, now=LATER).state.assigned_to == COLLEAGUE


def test_who_was_only_assigned_is_barred_as_well() -> None:
    assigned = first_steps.assign(replied(), to="officer-3", now=LATER).state
    assert reporter.contest(assigned, rules=RULES, now=LATER).state.barred == (OFFICER, "officer-3")


def test_the_officer_whose_decision_was_contested_decides_nothing_more() -> None:
    tip = reopened()
    decided = classified(tip, by=COLLEAGUE, now=LATER)
    ended = resolved(decided, by=COLLEAGUE, now=LATER)
    refused_calls: list[Callable[[], Decision[Tip]]] = [
        lambda: first_steps.classify(tip, Classification.INFORMATION, by=OFFICER, now=LATER),
        lambda: first_steps.decline(tip, DeclineReason.OTHER, by=OFFICER, rules=RULES, now=LATER),
        lambda: outcomes.resolve(decided, by=OFFICER, rules=RULES, now=LATER),
        lambda: outcomes.handover(decided, Authority.PROCURACY, by=OFFICER, rules=RULES, now=LATER),
        lambda: outcomes.reply(ended, text="s", size=1, by=OFFICER, rules=RULES, now=LATER),
    ]
    for call in refused_calls:
        with pytest.raises(Forbidden) as refused:
            call()
        assert refused.value.code == "another_officer_must_act"


def test_a_second_ending_forgets_the_reason_of_the_first() -> None:
    first = replied(
        first_steps.decline(
            classified(), DeclineReason.SPAM, by=OFFICER, rules=RULES, now=RECEIVED + HOUR, note="sealed"
        ).state
    )
    again = reporter.contest(first, rules=RULES, now=LATER).state
    ended = resolved(classified(again, by=COLLEAGUE, now=LATER), by=COLLEAGUE, now=LATER)
    assert (ended.outcome, ended.decline_reason, ended.note) == (TipOutcome.RESOLVED, None, None)
