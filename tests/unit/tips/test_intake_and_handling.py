"""What may be received, and what officers may say and do before a tip ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.tips.handling.domain import first_steps
from services.tips.intake import domain as intake
from services.tips.tip.domain.rules import LIMITS
from shared.contracts.vocabulary import (
    Category,
    Classification,
    DeclineReason,
    DisputeType,
    Harm,
    IdentityMode,
    TipOutcome,
)
from shared.errors import Fault, Invalid
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    declined,
    new_tip,
    received,
)


def faults(refused: "pytest.ExceptionInfo[Invalid]") -> list[str]:
    return [fault.pointer for fault in refused.value.faults]


def test_every_fault_of_a_report_is_named_at_once() -> None:
    wrong = replace(
        new_tip(),
        text_size=LIMITS.text + 1,
        occurred_at=RECEIVED + timedelta(minutes=6),
        identity_mode=IdentityMode.ANONYMOUS,
        reporter="sealed",
    )
    with pytest.raises(Invalid) as refused:
        intake.receive(wrong, RULES, RECEIVED)
    assert faults(refused) == ["/text", "/occurred_at", "/reporter"]


def test_a_device_whose_clock_is_a_little_ahead_is_believed() -> None:
    assert received(occurred_at=RECEIVED + timedelta(minutes=5)).occurred_at is not None


def test_an_empty_report_is_refused() -> None:
    with pytest.raises(Invalid):
        received(text_size=0)


def test_receiving_emits_one_event_without_facts_of_its_own() -> None:
    decision = intake.receive(new_tip(), RULES, RECEIVED)
    assert [(event.name, dict(event.facts)) for event in decision.happened] == [("tip.received", {})]
    assert decision.next_due == RECEIVED + 9 * HOUR


def test_a_report_about_an_officer_is_restricted_from_the_first_moment_and_stays_so() -> None:
    tip = received(category=Category.OFFICER_MISCONDUCT)
    assert tip.restricted
    other = first_steps.classify(
        tip, Classification.INFORMATION, by=OFFICER, now=RECEIVED, category=Category.OTHER_INCIDENT
    ).state
    assert (other.category, other.restricted) == (Category.OTHER_INCIDENT, True)


def test_a_tip_that_turns_out_to_be_about_an_officer_becomes_restricted() -> None:
    about = first_steps.classify(
        received(),
        Classification.CRIME_REPORT,
        by=OFFICER,
        now=RECEIVED,
        category=Category.OFFICER_MISCONDUCT,
    ).state
    assert about.restricted


def test_a_classification_is_kept_with_harm_and_pattern() -> None:
    tip = first_steps.classify(
        received(),
        Classification.DISPUTE,
        by=OFFICER,
        now=RECEIVED + HOUR,
        harm=Harm.ATTEMPTED,
        dispute_type=DisputeType.BOUNDARY,
        pattern="fake_police_call",
    ).state
    assert (tip.classification, tip.dispute_type, tip.harm) == ("dispute", "boundary", "attempted")
    assert (tip.pattern, tip.classified_at, tip.handled_by) == (
        "fake_police_call",
        RECEIVED + HOUR,
        (OFFICER,),
    )


@pytest.mark.parametrize(
    ("classification", "dispute_type"),
    [(Classification.DISPUTE, None), (Classification.CRIME_REPORT, DisputeType.NOISE)],
)
def test_a_dispute_has_a_type_and_nothing_else_has(
    classification: Classification, dispute_type: DisputeType | None
) -> None:
    with pytest.raises(Invalid) as refused:
        first_steps.classify(received(), classification, by=OFFICER, now=RECEIVED, dispute_type=dispute_type)
    assert faults(refused) == ["/dispute_type"]


@pytest.mark.parametrize("pattern", ["", "Nguyễn Văn A", "UPPER", "x" * 41, "a-b"])
def test_a_pattern_is_a_word_and_never_free_text(pattern: str) -> None:
    with pytest.raises(Invalid) as refused:
        first_steps.classify(
            received(), Classification.INFORMATION, by=OFFICER, now=RECEIVED, pattern=pattern
        )
    assert refused.value.faults == (Fault("/pattern", "must be a snake_case word of 2 to 40 characters"),)


def test_declining_tells_the_reason_by_a_word_and_keeps_the_note_inside() -> None:
    decision = first_steps.decline(
        received(), DeclineReason.OTHER_AREA, by=OFFICER, rules=RULES, now=RECEIVED, note="sealed note"
    )
    assert decision.happened[0].facts == {"reason": "other_area"}
    assert (decision.state.outcome, decision.state.note) == (TipOutcome.OUT_OF_SCOPE, "sealed note")
    assert "sealed note" not in str((decision.happened, decision.noted))


def test_assigning_again_replaces_the_officer_and_no_officer_leaves_with_the_event() -> None:
    tip = first_steps.assign(received(), to=OFFICER, now=RECEIVED).state
    decision = first_steps.assign(tip, to=COLLEAGUE, now=RECEIVED + HOUR)
    assert (decision.state.assigned_to, decision.state.assigned_at) == (COLLEAGUE, RECEIVED + HOUR)
    assert decision.happened[0].facts == {}
    assert decision.noted[0].payload == {"to": COLLEAGUE}


def test_the_first_arrival_at_the_scene_is_the_one_that_counts() -> None:
    first = first_steps.attend(classified(), by=OFFICER, now=RECEIVED + HOUR).state
    again = first_steps.attend(first, by=COLLEAGUE, now=RECEIVED + 2 * HOUR).state
    assert again.attended_at == RECEIVED + HOUR


def test_an_unanswered_declined_tip_is_still_open_to_assignment() -> None:
    assert (
        first_steps.assign(declined(), to=COLLEAGUE, now=RECEIVED + 2 * HOUR).state.assigned_to == COLLEAGUE
    )
