"""Counting cases: acts on their day, a case's course on the day of its request, in whatever order it came."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.consumers import fact_of
from services.analytics.domain.buckets import Counts, fold, total
from services.analytics.domain.facts import Fact, Key
from services.analytics.domain.figures import Reporting
from services.analytics.domain.indicators import value_of
from shared.events import Event
from tests.support.case_events import alert_event, case_event, life_of_a_case
from tests.unit.analytics.slow_cases import START, Step, cases, events_of, slowly

FULL = Reporting(1, 1)


def buckets_of(events: list[Event]) -> dict[Key, Counts]:
    """Every bucket that the events touch, folded from what is stored for it."""
    facts = [fact_of(event) for event in events]
    keys = {key for fact in facts for key in fact.buckets}
    return {
        key: fold([fact for fact in facts if key in fact.buckets], date.fromisoformat(key.span))
        for key in keys
    }


def on(events: list[Event], day: str, indicator: str) -> Any:
    """An indicator of one day."""
    counts = [counts for key, counts in buckets_of(events).items() if key.span == day]
    return value_of(indicator, counts[0] if counts else {}, FULL)


@given(cases(), st.randoms(use_true_random=False))
def test_repeats_and_disorder_count_as_the_slow_model_does(
    told: list[list[Step]], chance: random.Random
) -> None:
    events = [event for case, steps in enumerate(told) for event in events_of(case, steps)]
    delivered = events + chance.choices(events, k=len(events))
    chance.shuffle(delivered)
    counted: Counter[tuple[date, str, str]] = Counter()
    for key, counts in buckets_of(delivered).items():
        for (name, kind), number in counts.items():
            counted[date.fromisoformat(key.span), name, kind] += number
    expected = Counter(one for case, steps in enumerate(told) for one in slowly(case, steps))
    assert counted == expected


@given(cases(), st.randoms(use_true_random=False), st.integers(0, 40))
def test_a_bucket_recomputed_while_events_still_come_ends_where_it_would_have_ended(
    told: list[list[Step]], chance: random.Random, early: int
) -> None:
    events = [event for case, steps in enumerate(told) for event in events_of(case, steps)]
    chance.shuffle(events)
    kept = buckets_of(events[:early])  # what a worker had written by then
    touched = {key for event in events[early:] for key in fact_of(event).buckets}
    everything = buckets_of(events)
    assert {**kept, **{key: everything[key] for key in touched}} == everything


def test_a_case_counts_on_the_days_things_happened_and_its_course_on_the_day_of_the_request() -> None:
    life = life_of_a_case(1)
    assert on(life, "2026-09-14", "mediation.requested") == 1
    assert on(life, "2026-09-14", "mediation.started_in_time") == 1
    assert on(life, "2026-09-18", "mediation.concluded") == 1
    assert on(life, "2026-12-18", "mediation.agreements_performed") == 1
    assert on(life, "2026-09-14", "mediation.agreements_held_share") == 100.0
    assert on(life[:4], "2026-09-14", "mediation.agreements_held_share") is None


def test_a_start_is_judged_by_the_assignment_in_force_when_the_first_session_was_held() -> None:
    def started(*assignments: int, session: int) -> tuple[Any, Any]:
        """Hours after the request at which each assignment wanted a start, and of the first session."""
        life = [case_event("requested", at=START, requested_at=START)]
        for hours in assignments:
            due = START + timedelta(hours=hours)
            life.append(
                case_event("assigned", sequence=len(life) + 1, at=START, requested_at=START, start_by=due)
            )
        at = START + timedelta(hours=session)
        life.append(case_event("session_held", sequence=len(life) + 1, at=at, requested_at=START))
        late = START + timedelta(days=50)
        life.append(
            case_event("session_held", sequence=len(life) + 1, at=late, requested_at=START, session=2)
        )
        day = "2026-01-05"
        return on(life, day, "mediation.started_in_time"), on(life, day, "mediation.started_late")

    assert started(10, session=10) == (1, 0)
    assert started(10, session=11) == (0, 1)
    assert started(10, 20, session=15) == (1, 0)
    assert started(session=15) == (0, 0)


def test_a_session_written_down_late_counts_from_when_it_took_place_through_the_last_second() -> None:
    start_by = datetime(2026, 1, 8, 16, 59, 59, tzinfo=UTC)
    cases: list[tuple[dict[str, Any], int]] = [
        ({"held_at": start_by + timedelta(seconds=0.9)}, 1),
        ({"held_at": start_by + timedelta(seconds=1)}, 0),
        ({}, 0),
    ]
    for fields, in_time in cases:
        life = [
            case_event("assigned", at=START, requested_at=START, start_by=start_by),
            case_event(
                "session_held", sequence=2, at=start_by + timedelta(days=1), requested_at=START, **fields
            ),
        ]
        assert on(life, "2026-01-05", "mediation.started_in_time") == in_time


@pytest.mark.parametrize(
    ("judgements", "due_after_days", "share"),
    [
        (["agreement_performed"], None, 100.0),
        (["agreement_performed", "agreement_breached"], None, 0.0),
        (["agreement_breached", "agreement_performed"], 90, 100.0),
        (["agreement_partly_performed"], None, 0.0),
        ([], 30, None),
        ([], 90, 0.0),
        ([], None, None),
    ],
)
def test_an_agreement_holds_by_its_last_judgement_and_unjudged_after_90_days_it_does_not(
    judgements: list[str], due_after_days: int | None, share: float | None
) -> None:
    life = life_of_a_case(1, start=START)[:4]
    concluded = life[-1].time
    if due_after_days is not None:
        due = concluded + timedelta(days=due_after_days)
        life.append(case_event("followup_due", sequence=5, at=due, requested_at=START, due_at=due))
    for what in judgements:
        at = concluded + timedelta(days=len(life))
        life.append(case_event(what, sequence=len(life) + 1, at=at, requested_at=START))
    assert on(life, "2026-01-05", "mediation.agreements_held_share") == share


def test_a_case_out_of_scope_is_on_neither_side_of_the_share() -> None:
    def ended(*outcomes: str) -> Any:
        events = [
            case_event("concluded", case=case, at=START, requested_at=START, outcome=outcome)
            for case, outcome in enumerate(outcomes)
        ]
        return [
            on(events, "2026-01-05", f"mediation.{name}")
            for name in ("concluded", "successful", "ended", "out_of_scope", "successful_share")
        ]

    assert ended("successful", "ended", "ended", "out_of_scope") == [4, 1, 2, 1, 33.3]
    assert ended("out_of_scope") == [1, 0, 0, 1, None]


def test_a_case_whose_events_fall_on_one_day_has_one_bucket() -> None:
    facts: list[Fact] = [fact_of(event) for event in life_of_a_case(1)]
    assert [len(fact.buckets) for fact in facts] == [1, 2, 2, 2, 2, 2, 1]


def test_an_alert_counts_once_for_the_area_it_names() -> None:
    events = [alert_event("issued", area="99"), alert_event("cancelled", sequence=2, area="99")]
    (counts,) = buckets_of(events).values()
    assert (total(counts, "alert.issued"), total(counts, "alert.cancelled")) == (1, 1)
