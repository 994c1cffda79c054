"""When the clocks of a tip start, warn, break, are met and end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tips.handling.domain import first_steps, outcomes
from services.tips.reporter import domain as reporter
from services.tips.ticking.domain import tick
from services.tips.tip.domain.deadlines import APPEAL, next_due, overdue
from services.tips.tip.domain.state import Clock, Tip
from shared.contracts.vocabulary import Classification, DeclineReason, HandoverResult, TipState
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    closed,
    declined,
    handed_over,
    received,
    reopened,
    replied,
    resolved,
    unfounded,
)

SECOND = timedelta(seconds=1)


def deadlines(tip: Tip) -> dict[str, datetime]:
    """Of the clocks of the present round that nobody has met yet."""
    return {each.name: each.due for each in tip.clocks if each.round == tip.round and each.met_at is None}


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def clock(tip: Tip, name: str) -> Clock:
    return [each for each in tip.clocks if each.name == name][-1]


def ticked(tip: Tip, now: datetime) -> tuple[Tip, list[tuple[str, object]]]:
    decision = tick(tip, rules=RULES, now=now)
    return decision.state, [(event.name, event.facts.get("clock")) for event in decision.happened]


def test_scenario_1_has_the_deadlines_of_its_story() -> None:
    assert deadlines(received()) == {
        "report_up": local("2026-09-14T17:10:00"),
        "handover": local("2026-09-21T23:59:59"),
        "decide": local("2026-10-05T23:59:59"),
    }


def test_a_remote_area_has_the_longer_time_to_report_up_and_no_other() -> None:
    tip = received(remote_area=True)
    assert clock(tip, "report_up").due == local("2026-09-15T05:10:00")
    assert clock(tip, "report_up").remote
    assert clock(tip, "handover").due == clock(received(), "handover").due


def test_the_profile_of_the_day_of_receipt_is_kept_in_the_tip() -> None:
    tip = received()
    assert tip.profile == "vn-2025-03"
    assert {each.profile for each in replied(resolved(classified(tip))).clocks} == {"vn-2025-03"}


def test_the_reply_clock_starts_with_the_outcome_and_counts_working_days() -> None:
    on_thursday = handed_over(now=local("2026-09-17T16:00:00"))
    assert clock(on_thursday, "reply").due == local("2026-09-22T23:59:59")


def test_the_appeal_window_starts_with_the_reply() -> None:
    tip = replied(now=local("2026-09-15T16:00:00"))
    assert tip.appeal_until == clock(tip, APPEAL).due == local("2026-09-22T23:59:59")


@pytest.mark.parametrize(
    ("tip", "still_running"),
    [
        (classified(), {"handover", "decide"}),
        (declined(), {"reply"}),
        (handed_over(), {"decide", "reply"}),
        (resolved(), {"reply"}),
        (unfounded(), {"reply"}),
        (replied(handed_over()), {"decide", APPEAL}),
        (replied(), {APPEAL}),
    ],
    ids=[
        "classified",
        "declined",
        "handed over",
        "resolved",
        "unfounded",
        "replied after handover",
        "replied",
    ],
)
def test_each_step_ends_the_clocks_it_answers(tip: Tip, still_running: set[str]) -> None:
    assert set(deadlines(tip)) == still_running


def test_the_authoritys_result_ends_the_clock_of_the_decision() -> None:
    after = outcomes.handover_result(
        handed_over(), HandoverResult.CASE_OPENED, now=RECEIVED + 48 * HOUR
    ).state
    assert clock(after, "decide").met_by == "handover-result"


def test_a_second_classification_does_not_move_the_moment_the_first_one_was_met() -> None:
    again = classified(classified(), now=RECEIVED + 5 * HOUR)
    assert clock(again, "report_up").met_at == RECEIVED + HOUR


def test_a_warning_fires_once_at_three_quarters_and_a_breach_once_after_the_last_second() -> None:
    tip = received()
    assert next_due(tip) == RECEIVED + 9 * HOUR
    assert ticked(tip, RECEIVED + 9 * HOUR - SECOND) == (tip, [])
    tip, events = ticked(tip, RECEIVED + 9 * HOUR)
    assert events == [("tip.deadline_warning", "report_up")]
    assert ticked(tip, RECEIVED + 9 * HOUR) == (tip, [])
    assert next_due(tip) == RECEIVED + 12 * HOUR + SECOND
    assert ticked(tip, RECEIVED + 12 * HOUR) == (tip, [])
    tip, events = ticked(tip, RECEIVED + 12 * HOUR + SECOND)
    assert events == [("tip.deadline_breached", "report_up")]
    assert ticked(tip, RECEIVED + 13 * HOUR) == (tip, [])
    assert next_due(tip) == clock(tip, "handover").warn_at


def test_a_warning_that_comes_too_late_is_left_out() -> None:
    _, events = ticked(received(), RECEIVED + timedelta(days=40))
    assert events == [("tip.deadline_breached", name) for name in ("report_up", "handover", "decide")]


def test_a_mark_names_its_clock_and_when_it_was_due_and_nothing_else() -> None:
    decision = tick(received(), rules=RULES, now=RECEIVED + 9 * HOUR)
    assert decision.happened[0].facts == {"clock": "report_up", "due_at": local("2026-09-14T17:10:00")}


def test_a_clock_that_was_met_never_fires() -> None:
    _, events = ticked(declined(), RECEIVED + 13 * HOUR)
    assert events == []


def test_a_closed_tip_has_nothing_due() -> None:
    tip = closed()
    assert next_due(tip) is None
    assert ticked(tip, RECEIVED + timedelta(days=400)) == (tip, [])


def test_a_late_tick_tells_the_breach_and_closes_in_one_decision() -> None:
    tip, events = ticked(replied(handed_over()), RECEIVED + timedelta(days=60))
    assert events == [("tip.deadline_breached", "decide"), ("tip.closed", None)]
    assert (tip.status, tip.closed_by) == (TipState.CLOSED, "appeal_window")


def test_the_appeal_window_lasts_through_its_last_second() -> None:
    tip = replied()
    assert tip.appeal_until is not None
    assert tick(tip, rules=RULES, now=tip.appeal_until).state.status is TipState.REPLIED
    assert next_due(tip) == tip.appeal_until + SECOND


def test_a_contest_starts_the_clocks_of_receipt_anew() -> None:
    at = RECEIVED + 24 * HOUR
    tip = reopened(now=at)
    second = [each for each in tip.clocks if each.round == 2]
    assert {each.name: each.started_at for each in second} == {"report_up": at, "handover": at, "decide": at}
    assert deadlines(tip)["report_up"] == at + 12 * HOUR
    assert clock(tip, "report_up").profile == tip.profile


def test_what_the_first_round_left_running_ends_with_the_contest() -> None:
    tip = reporter.contest(replied(handed_over()), rules=RULES, now=RECEIVED + 24 * HOUR).state
    first = [each for each in tip.clocks if each.round == 1]
    assert {each.name for each in first if each.met_at is None} == set()
    assert {each.name for each in first if each.met_by == "contest"} == {"decide", APPEAL}


def test_a_tip_is_overdue_while_a_broken_clock_runs_and_not_after_it_was_met() -> None:
    late = RECEIVED + 13 * HOUR
    assert not overdue(received(), RECEIVED + 12 * HOUR)
    assert overdue(received(), late)
    assert not overdue(classified(received(), now=late), late + HOUR)
    assert not overdue(replied(), RECEIVED + timedelta(days=90))


def test_a_deadline_beyond_the_published_calendar_is_marked_provisional() -> None:
    late = outcomes.reply(
        resolved(), text="s", size=1, by=OFFICER, rules=RULES, now=local("2026-12-28T08:00:00")
    )
    assert clock(late.state, APPEAL).provisional
    assert not clock(received(), "decide").provisional


STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), max_size=12)


@given(STEPS)
def test_ticking_whenever_something_is_due_fires_each_mark_once_and_comes_to_an_end(
    steps: list[tuple[int, int]],
) -> None:
    fired: list[tuple[str, object, int]] = []
    tip, now = received(), RECEIVED
    moves = [
        lambda tip, now: first_steps.classify(tip, Classification.EMERGENCY, by=COLLEAGUE, now=now),
        lambda tip, now: first_steps.decline(tip, DeclineReason.OTHER, by=COLLEAGUE, rules=RULES, now=now),
        lambda tip, now: outcomes.resolve(tip, by=COLLEAGUE, rules=RULES, now=now),
        lambda tip, now: outcomes.reply(tip, text="s", size=1, by=COLLEAGUE, rules=RULES, now=now),
        lambda tip, now: first_steps.attend(tip, by=COLLEAGUE, now=now),
        lambda tip, now: outcomes.close(tip, rules=RULES, now=now),
    ]
    lawful = {0: "received classified", 1: "received classified", 2: "classified", 3: "resolved out_of_scope"}
    for move, hours in [*steps, (-1, 24 * 400)]:
        until = now + hours * HOUR
        while (due := next_due(tip)) is not None and due <= until:
            assert due > now or not fired
            decision = tick(tip, rules=RULES, now=due)
            assert decision.noted, "a moment was announced at which nothing fires"
            fired += [(event.name, event.facts.get("clock"), tip.round) for event in decision.happened]
            tip, now = decision.state, due
            assert decision.next_due == next_due(tip)
        now = until
        open_ = tip.status not in (TipState.CLOSED, TipState.ERASED)
        allowed = lawful.get(move, "replied" if move == 5 else " ".join(TipState) if move == 4 else "")
        if open_ and tip.status in allowed.split():
            tip = moves[move](tip, now).state
    assert len(fired) == len(set(fired))
    assert next_due(tip) is None
