"""How mediation's end comes back to a tip, and what its clocks make of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.tips.clocks.domain.explain import explain
from services.tips.erasure import domain as erasure
from services.tips.handling.domain import first_steps, outcomes
from services.tips.mediation import domain as mediation
from services.tips.ticking.domain import tick
from services.tips.tip.domain.state import Clock, Tip
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import Authority, Classification, TipOutcome, TipState
from shared.errors import Conflict
from tests.unit.tips.building import (
    DAY,
    HOUR,
    LATER,
    OFFICER,
    RECEIVED,
    RULES,
    dispute,
    referred,
    returned,
    settled,
)


def clock(tip: Tip, name: str) -> Clock:
    return [one for one in tip.clocks if one.name == name][-1]


def why(tip: Tip, name: str, now: datetime) -> dict[str, Any]:
    return [one for one in explain(tip, now, RULES) if one["clock"] == name][-1]


def test_success_resolves_and_replies_in_one_decision_and_the_appeal_window_begins() -> None:
    decision = mediation.settle(referred(), 1, reply="sealed", rules=RULES, now=LATER)
    assert [(one.name, one.facts) for one in decision.happened] == [
        ("tip.resolved", {"referral": 1}),
        ("tip.replied", {"outcome": "resolved"}),
    ]
    tip = decision.state
    assert (tip.status, tip.outcome, tip.reply) == (TipState.REPLIED, TipOutcome.RESOLVED, "sealed")
    assert tip.appeal_until is not None
    assert decision.next_due == tip.appeal_until + timedelta(seconds=1)
    met = {one.name: one.met_at for one in tip.clocks if one.name != "appeal_window"}
    assert met == {
        "report_up": RECEIVED + HOUR,
        "handover": RECEIVED + 2 * HOUR,
        "decide": LATER,
        "reply": LATER,
    }


@pytest.mark.parametrize("outcome", [MediationOutcome.ENDED, MediationOutcome.OUT_OF_SCOPE])
def test_any_other_end_gives_the_tip_back_to_whoever_had_it(outcome: MediationOutcome) -> None:
    assigned = first_steps.assign(referred(), to=OFFICER, now=LATER).state
    decision = mediation.take_back(assigned, 1, outcome, now=LATER)
    assert decision.happened[0].facts == {"referral": 1, "outcome": outcome.value}
    tip = decision.state
    assert (tip.status, tip.assigned_to, tip.barred) == (TipState.CLASSIFIED, OFFICER, ())
    assert tip.classification is Classification.DISPUTE
    assert outcomes.handover(tip, Authority.PROCURACY, by=OFFICER, rules=RULES, now=LATER).happened


def test_the_end_of_an_older_referral_changes_nothing() -> None:
    tip = referred(returned(), now=LATER + HOUR)
    with pytest.raises(Conflict) as refused:
        mediation.settle(tip, 1, reply="s", rules=RULES, now=LATER + DAY)
    assert refused.value.code == "older_referral"
    with pytest.raises(Conflict) as refused:
        mediation.take_back(tip, 1, MediationOutcome.ENDED, now=LATER + DAY)
    assert refused.value.code == "older_referral"


def test_a_referral_counts_as_handing_over_and_says_so() -> None:
    entry = why(referred(), "handover", LATER)
    assert (entry["state"], entry["met_by"]) == ("met", "refer-to-mediation")
    assert "được tính là đã chuyển giao" in entry["why"]["vi"]
    assert "counts as handing it over" in entry["why"]["en"]


def test_the_decision_is_due_during_mediation_as_before_and_says_so() -> None:
    before, during = clock(dispute(), "decide"), why(referred(), "decide", LATER)
    assert (during["state"], during["pauses"]) == ("running", [])
    assert clock(referred(), "decide").due == before.due
    assert "vẫn tiếp tục trong khi hòa giải" in during["why"]["vi"]
    assert "goes on during mediation" in during["why"]["en"]
    late = tick(referred(), rules=RULES, now=before.due + HOUR)
    assert ("tip.deadline_breached", "decide") in [(one.name, one.facts["clock"]) for one in late.happened]


def test_a_referral_that_was_out_of_scope_handed_nothing_over() -> None:
    tip = returned(MediationOutcome.OUT_OF_SCOPE, now=RECEIVED + 9 * DAY)
    entry = why(tip, "handover", RECEIVED + 9 * DAY)
    assert (entry["state"], entry["met_at"]) == ("breached", None)
    assert entry["resumed_at"] == "2026-09-23T05:10:00+07:00"
    assert "lần chuyển sang hòa giải không được tính" in entry["why"]["vi"]
    fired = tick(tip, rules=RULES, now=RECEIVED + 9 * DAY)
    assert ("tip.deadline_breached", "handover") in [(one.name, one.facts["clock"]) for one in fired.happened]
    assert clock(returned(MediationOutcome.ENDED), "handover").met_at is not None


def test_an_out_of_scope_second_referral_leaves_standing_what_the_first_one_met() -> None:
    again = referred(returned(), now=LATER + HOUR)
    tip = mediation.take_back(again, 2, MediationOutcome.OUT_OF_SCOPE, now=LATER + DAY).state
    assert clock(tip, "handover").met_at == RECEIVED + 2 * HOUR


def test_a_settled_tip_is_kept_and_its_reporter_forgotten_after_ninety_days() -> None:
    tip = replace(settled(now=LATER), reporter="sealed")
    assert tip.appeal_until is not None
    closed = tick(tip, rules=RULES, now=tip.appeal_until + timedelta(seconds=1)).state
    assert (closed.status, closed.kept_until) == (TipState.CLOSED, None)
    assert closed.identity_until is not None
    after = erasure.forget(closed, now=closed.identity_until + timedelta(seconds=1))
    assert (after.state.status, after.state.reporter, after.next_due) == (TipState.CLOSED, None, None)
