"""Periods: how they are read, and what lies before them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain import periods
from services.analytics.domain.periods import between, like_for_like, parse_period, previous, year_ago
from shared.errors import Invalid


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-W37", "2026-09-07", "2026-09-13"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-09-01/2026-09-01", "2026-09-01", "2026-09-01"),
    ],
)
def test_a_period_covers_its_days_both_ends_included(text: str, start: str, end: str) -> None:
    period = parse_period(text)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-Q5", "2026-13", "2025-W53", "2026-09-31/2026-10-01", "2026/2027", "٢٠٢٦", "2026-09-01/",
     "2026-09-02/2026-09-01", "1200", "20260901/20260902"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_its_pointer(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_period(text, "/query/period")
    assert [fault.pointer for fault in refusal.value.faults] == ["/query/period"]


@pytest.mark.parametrize(
    ("text", "before", "a_year_before"),
    [
        ("2026", "2025", "2025"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2026-W53", "2026-W52", "2025-W52"),
        ("2024-02-29/2024-03-01", "2024-02-27/2024-02-28", "2023-02-28/2023-03-01"),
    ],
)
def test_what_a_period_is_compared_with(text: str, before: str, a_year_before: str) -> None:
    assert previous(parse_period(text)).text == before
    assert year_ago(parse_period(text)).text == a_year_before


def test_a_running_month_is_held_against_as_many_days() -> None:
    september = parse_period("2026-09")
    cut = like_for_like(september, previous(september), date(2026, 9, 10))
    assert cut.text == "2026-08-01/2026-08-10"
    assert like_for_like(september, previous(september), date(2026, 10, 1)).text == "2026-08"


def test_a_day_ends_at_midnight_in_viet_nam() -> None:
    assert periods.day_in_viet_nam(datetime(2026, 9, 13, 16, 59, tzinfo=UTC)) == date(2026, 9, 13)
    assert periods.day_in_viet_nam(datetime(2026, 9, 13, 17, 0, tzinfo=UTC)) == date(2026, 9, 14)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_months_and_left_over_days_cover_each_day_once(start: date, length: int) -> None:
    period = between(start, start + periods.ONE_DAY * length)
    months, days = periods.whole_months(period)
    covered = [day for month in months for day in parse_period(month).days()] + days
    assert sorted(covered) == list(period.days())
    assert [day for month in periods.months_in(period) for day in month.days()] == list(period.days())
