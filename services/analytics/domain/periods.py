"""Periods of figures: `2026`, `2026-Q3`, `2026-09`, `2026-W37` (ISO 8601 week), `start/end` with both days
included.

Days are days in Viet Nam (Asia/Ho_Chi_Minh), which has had no daylight saving time since 1975.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shared.errors import Fault, Invalid

VIET_NAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST: Final = date(1945, 1, 1)
LATEST: Final = date(2199, 12, 31)
ONE_DAY: Final = timedelta(days=1)

Kind = Literal["year", "quarter", "month", "week", "days"]
_CALENDAR: Final = re.compile(r"(\d{4})(?:-(Q[1-4])|-(\d{2})|-W(\d{2}))?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included. `text` is how it was asked for and how it is shown."""

    kind: Kind
    start: date
    end: date
    text: str

    @property
    def length(self) -> int:
        """In days."""
        return (self.end - self.start).days + 1

    def days(self) -> Iterator[date]:
        return (self.start + ONE_DAY * number for number in range(self.length))


def day_in_viet_nam(moment: datetime) -> date:
    return moment.astimezone(VIET_NAM).date()


def parse_period(text: str, pointer: str = "/period") -> Period:
    """Raises Invalid, naming `pointer`."""
    try:
        period = _days(text) if "/" in text else _calendar(text)
    except ValueError:
        period = None
    if period is None or period.start < EARLIEST or period.end > LATEST:
        message = "a period such as 2026, 2026-Q3, 2026-09, 2026-W37 or 2026-09-01/2026-09-30 is needed"
        raise Invalid("The period cannot be read.", (Fault(pointer, message),))
    if period.end < period.start:
        raise Invalid("The period ends before it starts.", (Fault(pointer, "its end lies before its start"),))
    return period


def between(start: date, end: date) -> Period:
    return Period("days", start, end, f"{start.isoformat()}/{end.isoformat()}")


def month_of(day: date) -> Period:
    return _month(day.year, day.month)


def previous(period: Period) -> Period:
    """The period of the same kind just before; for `start/end` as many days just before."""
    before = period.start - ONE_DAY
    match period.kind:
        case "year":
            return _year(before.year)
        case "quarter":
            return _quarter(before.year, (before.month - 1) // 3 + 1)
        case "month":
            return month_of(before)
        case "week":
            iso = before.isocalendar()
            return _week(iso.year, iso.week)
        case "days":
            return between(period.start - ONE_DAY * period.length, before)


def year_ago(period: Period) -> Period:
    """The same period one year earlier. A week 53 that year did not have becomes its week 52, 29 February the
    28th.
    """
    match period.kind:
        case "year":
            return _year(period.start.year - 1)
        case "quarter":
            return _quarter(period.start.year - 1, (period.start.month - 1) // 3 + 1)
        case "month":
            return _month(period.start.year - 1, period.start.month)
        case "week":
            iso = period.start.isocalendar()
            last_week = date(iso.year - 1, 12, 28).isocalendar().week
            return _week(iso.year - 1, min(iso.week, last_week))
        case "days":
            return between(_one_year_earlier(period.start), _one_year_earlier(period.end))


def like_for_like(period: Period, other: Period, today: date) -> Period:
    """`other`, cut to the part that has also passed of a `period` still running: half a month is not held
    against a whole.
    """
    if not period.start <= today < period.end:
        return other
    elapsed = (today - period.start).days
    return between(other.start, min(other.end, other.start + ONE_DAY * elapsed))


def whole_months(period: Period) -> tuple[list[str], list[date]]:
    """Splits into whole months (`YYYY-MM`) and the days left over: what sums of months and of days must be
    added.
    """
    months: list[str] = []
    days: list[date] = []
    cursor = period.start
    while cursor <= period.end:
        month = month_of(cursor)
        if cursor == month.start and month.end <= period.end:
            months.append(month.text)
        else:
            days.extend(between(cursor, min(month.end, period.end)).days())
        cursor = month.end + ONE_DAY
    return months, days


def months_in(period: Period) -> list[Period]:
    """Every month that `period` touches, cut to it."""
    months: list[Period] = []
    cursor = period.start
    while cursor <= period.end:
        month = month_of(cursor)
        whole = cursor == month.start and month.end <= period.end
        months.append(month if whole else between(cursor, min(month.end, period.end)))
        cursor = month.end + ONE_DAY
    return months


def _days(text: str) -> Period:
    start, _, end = text.partition("/")
    if not (_DAY.fullmatch(start) and _DAY.fullmatch(end)):
        raise ValueError
    return between(date.fromisoformat(start), date.fromisoformat(end))


def _calendar(text: str) -> Period:
    if not (found := _CALENDAR.fullmatch(text)):
        raise ValueError
    year, quarter, month, week = found.groups()
    if quarter:
        return _quarter(int(year), int(quarter[1]))
    if month:
        return _month(int(year), int(month))
    return _week(int(year), int(week)) if week else _year(int(year))


def _year(year: int) -> Period:
    return Period("year", date(year, 1, 1), date(year, 12, 31), f"{year:04}")


def _quarter(year: int, quarter: int) -> Period:
    last = quarter * 3
    end = date(year, last, monthrange(year, last)[1])
    return Period("quarter", date(year, last - 2, 1), end, f"{year:04}-Q{quarter}")


def _month(year: int, month: int) -> Period:
    start = date(year, month, 1)
    return Period("month", start, date(year, month, monthrange(year, month)[1]), f"{year:04}-{month:02}")


def _week(year: int, week: int) -> Period:
    monday = date.fromisocalendar(year, week, 1)
    return Period("week", monday, monday + 6 * ONE_DAY, f"{year:04}-W{week:02}")


def _one_year_earlier(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, min(day.day, last))
