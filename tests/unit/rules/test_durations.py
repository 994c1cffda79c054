"""ISO 8601 durations keep apart what the law keeps apart."""

from datetime import date, timedelta

import pytest

from shared.errors import Invalid
from shared.rules import Duration


def test_a_day_and_twenty_four_hours_are_not_the_same() -> None:
    assert Duration.parse("P1D") == Duration(days=1)
    assert Duration.parse("PT24H") == Duration(exact=timedelta(hours=24))


def test_years_and_weeks_are_counted_in_months_and_days() -> None:
    assert Duration.parse("P5Y") == Duration(months=60)
    assert Duration.parse("P1Y2M2W3D") == Duration(months=14, days=17)
    assert Duration.parse("PT1H30M10S").exact == timedelta(seconds=5410)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P0D", "PT0H", "P1.5D", "P1DT1H", "7D", "P-1D", "P1H", "PT1D", "P7D ", "p7d"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Duration.parse(text)
    assert refused.value.code == "bad_duration"


@pytest.mark.parametrize(
    ("start", "within", "last"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2026, 12, 31), "P2M", date(2027, 2, 28)),
        (date(2026, 11, 30), "P1M", date(2026, 12, 30)),
        (date(2026, 9, 14), "P20D", date(2026, 10, 4)),
        (date(2026, 12, 15), "P12M", date(2027, 12, 15)),
    ],
)
def test_months_end_on_the_same_number_or_on_the_last_day_of_a_shorter_month(
    start: date, within: str, last: date
) -> None:
    assert Duration.parse(within).after(start) == last
