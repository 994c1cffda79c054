"""A closed tip is forgotten when the time that the rules name for its outcome is over."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.tips.erasure import domain as erasure
from services.tips.handling.domain import outcomes
from services.tips.reporter import domain as reporter
from services.tips.ticking.domain import tick
from services.tips.tip.domain.deadlines import next_due
from services.tips.tip.domain.state import Tip
from shared.contracts.vocabulary import TipState
from tests.unit.tips.building import (
    HOUR,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    declined,
    handed_over,
    received,
    replied,
    resolved,
    unfounded,
)

SECOND = timedelta(seconds=1)


def closed(outcome: Tip) -> Tip:
    return outcomes.close(replied(outcome), rules=RULES, now=RECEIVED + 4 * HOUR).state


def ticked(tip: Tip, now: datetime) -> Tip:
    return tick(tip, rules=RULES, now=now).state


def local_day(moment: datetime | None) -> str:
    assert moment is not None
    return RULES.on(RECEIVED).calendar.day_of(moment).isoformat()


@pytest.mark.parametrize(
    ("tip", "last_day"),
    [(declined(), "2026-09-21"), (unfounded(), "2026-12-14"), (handed_over(), "2027-09-14")],
)
def test_each_outcome_is_kept_for_its_own_time_and_then_erased(tip: Tip, last_day: str) -> None:
    kept = closed(tip)
    assert local_day(kept.kept_until) == last_day
    assert kept.kept_until is not None
    assert next_due(kept) == kept.kept_until + SECOND
    assert ticked(kept, kept.kept_until).status is TipState.CLOSED
    decision = tick(kept, rules=RULES, now=kept.kept_until + SECOND)
    assert [(event.name, event.facts) for event in decision.happened] == [
        ("tip.erased", {"reason": "retention"})
    ]
    assert (decision.state.status, decision.next_due) == (TipState.ERASED, None)


def test_an_erased_tip_keeps_what_is_counted_and_nothing_that_was_said() -> None:
    told = replace(closed(declined()), place="sealed", reporter="sealed", note="sealed", handover_no="12/A")
    gone = erasure.forget(told, now=RECEIVED + timedelta(days=30)).state
    assert (gone.key, gone.text, gone.messages) == ("", "", ())
    assert [gone.place, gone.reporter, gone.note, gone.reply, gone.handover_no] == [None] * 5
    assert (gone.area, gone.category, gone.outcome, gone.receipt_hash) == (
        told.area,
        told.category,
        told.outcome,
        told.receipt_hash,
    )


def test_an_identity_goes_before_a_content_that_is_kept_longer() -> None:
    named = closed(resolved(classified(received(reporter="sealed"))))
    assert (local_day(named.identity_until), named.kept_until) == ("2026-12-14", None)
    assert named.identity_until is not None
    decision = tick(named, rules=RULES, now=named.identity_until + SECOND)
    assert (decision.state.reporter, decision.state.status) == (None, TipState.CLOSED)
    assert decision.state.identity_erased_at == named.identity_until + SECOND
    assert (decision.happened, decision.next_due) == ((), None)
    assert [noted.what for noted in decision.noted] == ["identity_erased"]


def test_a_contest_after_an_early_closing_stops_the_forgetting() -> None:
    again = reporter.contest(closed(declined()), rules=RULES, now=RECEIVED + 24 * HOUR).state
    assert (again.kept_until, again.identity_until) == (None, None)
    much_later = tick(again, rules=RULES, now=RECEIVED + timedelta(days=400))
    assert much_later.state.status is TipState.REOPENED


def test_a_tip_that_an_officer_closed_early_may_be_contested_until_the_window_ends() -> None:
    tip = closed(declined())
    assert tip.appeal_until is not None
    assert reporter.may_contest_until(tip, tip.appeal_until) == tip.appeal_until
    assert reporter.may_contest_until(tip, tip.appeal_until + SECOND) is None
    assert outcomes.reply(declined(), text="s", size=1, by=OFFICER, rules=RULES, now=RECEIVED).state.reply
