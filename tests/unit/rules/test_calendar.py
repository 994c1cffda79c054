"""Deadlines by the calendar, held against a slow model that walks day by day and knows no shortcut."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.rules import WorkingCalendar, load
from shared.rules.profile import CalendarRules

VN = ZoneInfo("Asia/Ho_Chi_Minh")
RULES: CalendarRules = load().profiles[0].calendar
PUBLISHED: WorkingCalendar = RULES.working()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN)


def shown(moment: datetime) -> str:
    return moment.astimezone(VN).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("start", "within", "due"),
    [
        ("2026-09-14T05:10", "PT12H", "2026-09-14 17:10:00"),
        ("2026-09-14T05:10", "P7D", "2026-09-21 23:59:59"),
        ("2026-09-14T05:10", "P20D", "2026-10-05 23:59:59"),
        ("2026-02-13T23:30", "PT12H", "2026-02-14 11:30:00"),
        ("2026-02-09T08:00", "P7D", "2026-02-23 23:59:59"),
        ("2025-12-31T08:00", "P1D", "2026-01-02 23:59:59"),
        ("2026-04-20T23:59:59", "P7D", "2026-04-28 23:59:59"),
        ("2026-04-21T00:00:00", "P7D", "2026-04-28 23:59:59"),
    ],
    ids=[
        "hours",
        "a week",
        "Sunday",
        "hours over a weekend",
        "Tet",
        "new year",
        "before midnight",
        "at midnight",
    ],
)
def test_a_deadline_falls_where_the_calendar_on_the_wall_says(start: str, within: str, due: str) -> None:
    assert shown(PUBLISHED.due(at(start), within).at) == due


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-09-15T16:00", "2026-09-18 23:59:59"),
        ("2026-09-17T16:00", "2026-09-22 23:59:59"),
        ("2026-02-12T10:00", "2026-02-24 23:59:59"),
        ("2026-09-19T10:00", "2026-09-23 23:59:59"),
    ],
    ids=["within a week", "over a weekend", "over Tet", "from a Saturday"],
)
def test_working_days_leave_out_weekends_and_holidays(start: str, due: str) -> None:
    assert shown(PUBLISHED.due(at(start), "P3D", working_days=True).at) == due


def test_the_local_day_counts_and_not_the_day_in_greenwich() -> None:
    late_evening_in_utc = datetime(2026, 9, 14, 17, 0, tzinfo=UTC)
    assert shown(PUBLISHED.due(late_evening_in_utc, "P1D").at) == "2026-09-16 23:59:59"
    assert shown(PUBLISHED.due(late_evening_in_utc - timedelta(seconds=1), "P1D").at) == "2026-09-15 23:59:59"


def test_a_deadline_that_rolled_says_where_it_came_from() -> None:
    due = PUBLISHED.due(at("2026-09-14T05:10"), "P20D")
    assert (shown(due.unrolled), due.provisional) == ("2026-10-04 23:59:59", False)


def test_a_deadline_beyond_the_published_calendar_is_provisional_and_hours_never_are() -> None:
    assert not PUBLISHED.due(at("2026-12-24T10:00"), "P7D").provisional
    assert PUBLISHED.due(at("2026-12-25T10:00"), "P7D").provisional
    assert PUBLISHED.due(at("2026-12-30T10:00"), "P3D", working_days=True).provisional
    assert not PUBLISHED.due(at("2026-12-31T20:00"), "PT12H").provisional


def test_a_deadline_that_rolls_out_of_the_published_calendar_is_provisional() -> None:
    until_sunday = replace(PUBLISHED, known_until=date(2026, 10, 4))
    assert until_sunday.due(at("2026-09-14T05:10"), "P20D").provisional


def test_a_saturday_worked_in_exchange_for_a_holiday_is_a_working_day() -> None:
    swapped = RULES.model_copy(update={"swap_working_days": (date(2026, 2, 28),)}).working()
    assert swapped.is_working(date(2026, 2, 28))
    assert shown(swapped.due(at("2026-02-21T10:00"), "P7D").at) == "2026-02-28 23:59:59"
    assert shown(PUBLISHED.due(at("2026-02-21T10:00"), "P7D").at) == "2026-03-02 23:59:59"


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        PUBLISHED.day_of(datetime(2026, 9, 14, 5, 10))  # noqa: DTZ001


def test_working_days_in_hours_or_months_are_refused() -> None:
    for within in ("PT12H", "P1M"):
        with pytest.raises(Invalid, match="counted in days"):
            PUBLISHED.due(at("2026-09-14T05:10"), within, working_days=True)


HOLIDAYS = st.frozensets(st.dates(date(2027, 1, 25), date(2028, 3, 31)), max_size=40)
STARTS = st.datetimes(datetime(2027, 1, 20), datetime(2028, 3, 20), timezones=st.just(VN))  # noqa: DTZ001
MIDNIGHT = datetime(2028, 2, 28, 0, 0, tzinfo=VN)


def invented(holidays: frozenset[date], swapped: frozenset[date] = frozenset()) -> WorkingCalendar:
    rest = frozenset(day for day in swapped if day.isoweekday() in (6, 7)) - holidays
    return WorkingCalendar(VN, time(23, 59, 59), frozenset({6, 7}), holidays, rest, date(2028, 1, 31))


def rests(calendar: WorkingCalendar, day: datetime) -> bool:
    weekend = day.strftime("%a") in ("Sat", "Sun") and day.date() not in calendar.swapped
    return weekend or day.date() in calendar.holidays


def walked(calendar: WorkingCalendar, start: datetime, days: int, *, working: bool) -> tuple[date, date]:
    """The last day before and after rolling, found by walking from noon to noon."""
    noon, left = start.astimezone(VN).replace(hour=12), days
    while left:
        noon += timedelta(hours=24)
        left -= 0 if working and rests(calendar, noon) else 1
    counted = noon.date()
    while rests(calendar, noon):
        noon += timedelta(hours=24)
    return counted, noon.date()


@given(HOLIDAYS, HOLIDAYS, STARTS, st.integers(1, 45), st.booleans())
@example(frozenset(), frozenset(), MIDNIGHT, 1, False)
@example(frozenset(), frozenset(), MIDNIGHT - timedelta(microseconds=1), 1, False)
@example(frozenset(date(2028, 1, 24) + timedelta(days=n) for n in range(7)), frozenset(), MIDNIGHT, 3, True)
def test_days_agree_with_a_walk_from_day_to_day(
    holidays: frozenset[date], swapped: frozenset[date], start: datetime, days: int, working: bool
) -> None:
    calendar = invented(holidays, swapped)
    due = calendar.due(start.astimezone(UTC), f"P{days}D", working_days=working)
    counted, rolled = walked(calendar, start, days, working=working)
    assert shown(due.unrolled) == f"{counted} 23:59:59"
    assert shown(due.at) == f"{rolled} 23:59:59"
    assert due.provisional == (rolled > date(2028, 1, 31))


@given(HOLIDAYS, STARTS, st.integers(1, 26))
@example(frozenset(), datetime(2027, 12, 31, 12, tzinfo=VN), 2)
@example(frozenset(), datetime(2028, 1, 31, 23, 59, 59, tzinfo=VN), 1)
def test_months_agree_with_a_walk_through_every_day_of_them(
    holidays: frozenset[date], start: datetime, months: int
) -> None:
    calendar = invented(holidays)
    wanted, day, passed = start.day, start.date(), 0
    while passed < months:
        day += timedelta(days=1)
        passed += day.day == 1
    while day.day < wanted and (day + timedelta(days=1)).day != 1:
        day += timedelta(days=1)
    assert shown(calendar.due(start, f"P{months}M").unrolled) == f"{day} 23:59:59"


@given(HOLIDAYS, STARTS, st.integers(1, 400))
def test_hours_are_exact_whatever_the_calendar_says(
    holidays: frozenset[date], start: datetime, hours: int
) -> None:
    due = invented(holidays).due(start, f"PT{hours}H")
    assert due.at.timestamp() - start.timestamp() == pytest.approx(hours * 3600)
    assert due.unrolled == due.at
