"""To mediation and back: what may be referred, which clocks it meets, and what its end does to the tip."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.tips.domain import erasure, handling, mediation, outcomes, reporter
from services.tips.domain.explain import explain
from services.tips.domain.mediation import Consent, ConsentMeans, ScopeAnswers
from services.tips.domain.state import Clock, Tip
from services.tips.rulebook import Rulebook
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import Authority, Category, Classification, TipOutcome, TipState
from shared.errors import Conflict, Forbidden, IllegalTransition, Invalid
from shared.rules import Rules, load
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    NOTHING_AGAINST,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    dispute,
    received,
    referral,
    referred,
    settled,
)

DAY = 24 * HOUR
LATER = RECEIVED + 4 * DAY


def returned(outcome: MediationOutcome = MediationOutcome.ENDED, *, now: datetime = LATER) -> Tip:
    return mediation.take_back(referred(), 1, outcome, now=now).state


def clock(tip: Tip, name: str) -> Clock:
    return [one for one in tip.clocks if one.name == name][-1]


def why(tip: Tip, name: str, now: datetime) -> dict[str, Any]:
    return [one for one in explain(tip, now, RULES) if one["clock"] == name][-1]


def test_a_referral_tells_its_number_the_kind_of_dispute_and_the_hash_of_the_join_code() -> None:
    decision = referral(dispute())
    assert decision.state.status is TipState.REFERRED
    assert decision.happened[0].facts == {
        "referral": 1,
        "dispute_type": "boundary",
        "join_hash": "9b1c" * 16,
    }


def test_the_consent_is_in_the_history_and_nowhere_else() -> None:
    at = RECEIVED + HOUR
    decision = referral(dispute(), consent=Consent(ConsentMeans.IN_PERSON, at))
    assert decision.noted[0].payload["consent"] == {"how": "in_person", "at": at}
    assert "consent" not in str(decision.happened)
    assert "in_person" not in str(decision.state)


def test_only_a_dispute_is_referred() -> None:
    with pytest.raises(IllegalTransition, match="classified as a dispute") as refused:
        referral(classified())
    assert "refer-to-mediation" not in refused.value.detail.split("lawful now:")[1]


@pytest.mark.parametrize(
    ("answer", "instead"),
    [
        ("state_or_public_interest", "/handover"),
        ("must_be_prosecuted", "crime_report"),
        ("must_be_sanctioned", "admin_violation"),
        ("barred_by_law", "/decline"),
    ],
)
def test_what_is_out_of_scope_is_refused_with_what_to_do_instead(answer: str, instead: str) -> None:
    with pytest.raises(Invalid) as refused:
        referral(dispute(), scope=replace(NOTHING_AGAINST, **{answer: True}))
    assert refused.value.code == "out_of_mediation_scope"
    (fault,) = refused.value.faults
    assert fault.pointer == f"/scope/{answer}"
    assert instead in fault.message


def test_every_ground_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        referral(dispute(), scope=ScopeAnswers(True, True, True, True))
    assert len(refused.value.faults) == 4


@pytest.mark.parametrize("category", sorted(RULES.on(RECEIVED).never_mediable))
def test_what_is_never_mediable_is_refused_whatever_it_is_classified_as(category: Category) -> None:
    with pytest.raises(Conflict, match="handover") as refused:
        referral(dispute(received(category=category)))
    assert refused.value.code == "not_mediable"


def test_what_is_mediable_is_judged_by_the_rules_of_the_day_the_tip_came_in() -> None:
    (before,) = load().profiles
    first_day, later_day = before.valid_from, (RECEIVED + 2 * DAY).date()
    narrower = before.mediation.model_copy(update={"never_mediable": (Category.NEIGHBOUR_DISPUTE,)})
    books = Rulebook(
        Rules(
            [
                before.model_copy(update={"valid_to": later_day - timedelta(days=1)}),
                before.model_copy(update={"id": "vn-next", "valid_from": later_day, "mediation": narrower}),
            ]
        )
    )
    assert first_day < later_day
    scope = {"reporter_is_party": False, "consent": None, "join_hash": "9b1c" * 16, "by": OFFICER}
    old, new = dispute(), replace(dispute(), profile="vn-next")
    assert mediation.refer(old, NOTHING_AGAINST, rules=books, now=LATER, **scope).happened  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="vn-next"):
        mediation.refer(new, NOTHING_AGAINST, rules=books, now=LATER, **scope)  # type: ignore[arg-type]


def test_a_tip_that_has_been_about_an_officer_is_never_shown_to_mediators() -> None:
    renamed = replace(dispute(), restricted=True)
    with pytest.raises(Conflict, match="about an officer") as refused:
        referral(renamed)
    assert refused.value.code == "not_mediable"


@pytest.mark.parametrize(
    "changes",
    [
        {"reporter_is_party": True, "consent": None},
        {"reporter_is_party": False, "consent": Consent(ConsentMeans.PHONE, RECEIVED)},
    ],
)
def test_consent_is_asked_of_a_party_and_of_nobody_else(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        referral(dispute(), **changes)
    assert [fault.pointer for fault in refused.value.faults] == ["/consent"]


def test_a_bystander_reports_a_dispute_and_it_is_referred_without_consent() -> None:
    assert referral(dispute(), reporter_is_party=False, consent=None).state.status is TipState.REFERRED


def test_a_consent_of_tomorrow_or_to_an_earlier_referral_is_none() -> None:
    back = returned()
    for tip, at in ((dispute(), LATER + DAY), (back, RECEIVED + 2 * HOUR)):
        with pytest.raises(Invalid) as refused:
            referral(tip, now=LATER, consent=Consent(ConsentMeans.MAILBOX, at))
        assert [fault.pointer for fault in refused.value.faults] == ["/consent/at"]


def test_a_tip_that_came_back_is_referred_again_under_the_next_number() -> None:
    again = referral(returned(), now=LATER + HOUR)
    assert again.happened[0].facts["referral"] == 2
    assert (again.state.status, again.state.mediation_outcome) == (TipState.REFERRED, None)


def test_a_contested_tip_is_referred_again_by_another_officer_alone() -> None:
    reopened = reporter.contest(settled(now=LATER), rules=RULES, now=LATER + DAY).state
    assert reopened.barred == (OFFICER,)
    decided = dispute(reopened, by=COLLEAGUE, now=LATER + DAY)
    with pytest.raises(Forbidden) as refused:
        referral(decided, by=OFFICER, now=LATER + DAY)
    assert refused.value.code == "another_officer_must_act"
    assert referred(decided, by=COLLEAGUE, now=LATER + DAY).referral == 2


def test_who_refers_has_decided_and_is_barred_after_a_contest() -> None:
    tip = settled(referred(dispute(by=OFFICER), by=COLLEAGUE))
    assert reporter.contest(tip, rules=RULES, now=LATER).state.barred == (OFFICER, COLLEAGUE)


def test_while_referred_an_officer_decides_nothing_and_may_still_ask_attend_and_extend() -> None:
    tip = referred()
    with pytest.raises(IllegalTransition):
        outcomes.resolve(tip, by=OFFICER, rules=RULES, now=LATER)
    with pytest.raises(IllegalTransition):
        handling.classify(tip, Classification.INFORMATION, by=OFFICER, now=LATER)
    assert handling.attend(tip, by=OFFICER, now=LATER).happened


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
    assigned = handling.assign(referred(), to=OFFICER, now=LATER).state
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
    late = outcomes.tick(referred(), rules=RULES, now=before.due + HOUR)
    assert ("tip.deadline_breached", "decide") in [(one.name, one.facts["clock"]) for one in late.happened]


def test_a_referral_that_was_out_of_scope_handed_nothing_over() -> None:
    tip = returned(MediationOutcome.OUT_OF_SCOPE, now=RECEIVED + 9 * DAY)
    entry = why(tip, "handover", RECEIVED + 9 * DAY)
    assert (entry["state"], entry["met_at"]) == ("breached", None)
    assert entry["resumed_at"] == "2026-09-23T05:10:00+07:00"
    assert "lần chuyển sang hòa giải không được tính" in entry["why"]["vi"]
    fired = outcomes.tick(tip, rules=RULES, now=RECEIVED + 9 * DAY)
    assert ("tip.deadline_breached", "handover") in [(one.name, one.facts["clock"]) for one in fired.happened]
    assert clock(returned(MediationOutcome.ENDED), "handover").met_at is not None


def test_an_out_of_scope_second_referral_leaves_standing_what_the_first_one_met() -> None:
    again = referred(returned(), now=LATER + HOUR)
    tip = mediation.take_back(again, 2, MediationOutcome.OUT_OF_SCOPE, now=LATER + DAY).state
    assert clock(tip, "handover").met_at == RECEIVED + 2 * HOUR


def test_a_settled_tip_is_kept_and_its_reporter_forgotten_after_ninety_days() -> None:
    tip = replace(settled(now=LATER), reporter="sealed")
    assert tip.appeal_until is not None
    closed = outcomes.tick(tip, rules=RULES, now=tip.appeal_until + timedelta(seconds=1)).state
    assert (closed.status, closed.kept_until) == (TipState.CLOSED, None)
    assert closed.identity_until is not None
    after = erasure.forget(closed, now=closed.identity_until + timedelta(seconds=1))
    assert (after.state.status, after.state.reporter, after.next_due) == (TipState.CLOSED, None, None)
