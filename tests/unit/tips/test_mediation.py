"""To mediation and back: what may be referred, which clocks it meets, and what its end does to the tip."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.tips.handling.domain import first_steps, outcomes
from services.tips.mediation import domain as mediation
from services.tips.mediation.domain import Consent, ConsentMeans, ScopeAnswers
from services.tips.reporter import domain as reporter
from services.tips.tip.rulebook import Rulebook
from shared.contracts.vocabulary import Category, Classification, TipState
from shared.errors import Conflict, Forbidden, IllegalTransition, Invalid
from shared.rules import Rules, load
from tests.unit.tips.building import (
    COLLEAGUE,
    DAY,
    HOUR,
    LATER,
    NOTHING_AGAINST,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    dispute,
    received,
    referral,
    referred,
    returned,
    settled,
)


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
        first_steps.classify(tip, Classification.INFORMATION, by=OFFICER, now=LATER)
    assert first_steps.attend(tip, by=OFFICER, now=LATER).happened
