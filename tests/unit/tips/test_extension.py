"""Giving a clock more time: only where the rules allow it, within their limits, and never after the fact."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.tips.clocks.domain.extension import extend
from services.tips.ticking.domain import tick
from services.tips.tip.domain.deadlines import next_due
from services.tips.tip.domain.state import Clock, Tip
from shared.decision import Decision
from shared.errors import Conflict, IllegalTransition, Invalid
from tests.unit.tips.building import COLLEAGUE, HOUR, RECEIVED, RULES, classified, closed, received, resolved

DAY = 24 * HOUR


def longer(
    tip: Tip,
    until: date,
    ground: str = "complex",
    *,
    clock: str = "decide",
    now: datetime = RECEIVED + 10 * DAY,
) -> Decision[Tip]:
    return extend(tip, clock, ground, until, reason="sealed", by=COLLEAGUE, rules=RULES, now=now)


def decide_clock(tip: Tip) -> Clock:
    return next(clock for clock in tip.clocks if clock.name == "decide")


def end_of(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T23:59:59+07:00").astimezone(UTC)


def test_an_extension_moves_the_deadline_and_says_from_where_to_where() -> None:
    decision = longer(classified(), date(2026, 10, 20))
    assert decision.happened[0].facts == {
        "clock": "decide",
        "due_at": end_of("2026-10-20"),
        "previous_due_at": end_of("2026-10-05"),
    }
    extended = decide_clock(decision.state)
    assert extended.due == end_of("2026-10-20")
    assert [(each.ground, each.reason, each.by) for each in extended.extensions] == [
        ("complex", "sealed", COLLEAGUE)
    ]
    assert "sealed" not in str(decision.noted)


def test_a_new_deadline_on_a_rest_day_rolls_too() -> None:
    assert decide_clock(longer(classified(), date(2026, 10, 17)).state).due == end_of("2026-10-19")


def test_a_complex_matter_has_two_months_in_all() -> None:
    assert decide_clock(longer(classified(), date(2026, 11, 14)).state).due == end_of("2026-11-16")
    with pytest.raises(Invalid, match="not lawful") as refused:
        longer(classified(), date(2026, 11, 15))
    assert "2026-11-14" in refused.value.faults[0].message


def test_the_procuracy_may_add_two_months_once() -> None:
    complex_ = longer(classified(), date(2026, 11, 14)).state
    at = RECEIVED + 50 * DAY
    further = longer(complex_, date(2027, 1, 14), "procuracy", now=at).state
    assert decide_clock(further).due == end_of("2027-01-14")
    assert decide_clock(further).provisional
    with pytest.raises(Invalid):
        longer(complex_, date(2027, 1, 15), "procuracy", now=at)
    with pytest.raises(Conflict) as refused:
        longer(further, date(2027, 2, 1), "procuracy", now=at)
    assert refused.value.code == "extension_used"


@pytest.mark.parametrize("until", [date(2026, 10, 5), date(2026, 9, 20)])
def test_an_extension_never_shortens(until: date) -> None:
    with pytest.raises(Invalid) as refused:
        longer(classified(), until)
    assert refused.value.faults[0].pointer == "/until"


def test_a_deadline_that_has_passed_stays_broken() -> None:
    last = end_of("2026-10-05")
    assert longer(classified(), date(2026, 10, 20), now=last).happened
    with pytest.raises(Conflict) as refused:
        longer(classified(), date(2026, 10, 20), now=last + timedelta(seconds=1))
    assert refused.value.code == "deadline_passed"


@pytest.mark.parametrize("clock", ["handover", "reply", "report_up", "unheard_of"])
def test_a_clock_without_a_rule_for_it_or_not_running_is_not_extended(clock: str) -> None:
    with pytest.raises(IllegalTransition):
        longer(classified(), date(2026, 10, 20), clock=clock)


def test_a_clock_that_was_met_and_a_closed_tip_are_not_extended() -> None:
    for tip in (resolved(), closed()):
        with pytest.raises(IllegalTransition):
            longer(tip, date(2026, 10, 20))


def test_a_ground_that_the_rules_do_not_name_is_refused_with_those_they_do() -> None:
    with pytest.raises(Invalid) as refused:
        longer(classified(), date(2026, 10, 20), "holiday")
    assert refused.value.faults[0].message == "must be one of complex, procuracy"


def test_an_extended_clock_warns_again_before_its_new_end() -> None:
    tip, warned_on = classified(), []
    for day in (16, 17):
        tip = tick(tip, rules=RULES, now=RECEIVED + day * DAY).state
    assert decide_clock(tip).warned_at is not None
    tip = longer(tip, date(2026, 11, 2), now=RECEIVED + 18 * DAY).state
    assert decide_clock(tip).warned_at is None
    while (due := next_due(tip)) is not None and due < RECEIVED + 90 * DAY:
        decision = tick(tip, rules=RULES, now=due)
        warned_on += [(event.name, due.date()) for event in decision.happened]
        tip = decision.state
    assert warned_on == [
        ("tip.deadline_warning", date(2026, 10, 25)),
        ("tip.deadline_breached", date(2026, 11, 2)),
    ]


def test_a_tip_nobody_classified_can_be_given_more_time_as_well() -> None:
    assert longer(received(), date(2026, 10, 20)).happened
