"""Working days and the end of intervals, by the calendar of one rule profile. Standard library only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.errors import Invalid
from shared.rules.durations import Duration

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """When an interval ends, UTC. `unrolled` is the end before it moved off a non-working day, else equal
    to `at`.

    `provisional`: `at` lies beyond the published calendar and may move when the next one is known.
    """

    at: datetime
    unrolled: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`weekend` holds ISO weekdays (1 Monday … 7 Sunday); `swapped` weekend days that are worked; `ends`
    local time of day."""

    zone: ZoneInfo
    ends: time
    weekend: frozenset[int]
    holidays: frozenset[date]
    swapped: frozenset[date]
    known_until: date

    def day_of(self, moment: datetime) -> date:
        """The local calendar day of an aware `moment`."""
        if moment.tzinfo is None:
            raise ValueError("a moment must be aware")
        return moment.astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment in the profile's time zone."""
        return moment.astimezone(self.zone)

    def is_working(self, day: date) -> bool:
        """A holiday is never worked; a weekend day only when it was swapped for one."""
        return day not in self.holidays and (day.isoweekday() not in self.weekend or day in self.swapped)

    def due(self, start: datetime, within: str, *, working_days: bool = False) -> Due:
        """The end of `within` (ISO 8601) from `start`.

        Hours are exact, run through nights and holidays, and never roll. Days and months end at `ends` of
        their last local day, the day of `start` not counted; that day rolls to the next working day. With
        `working_days` only working days are counted. Raises `Invalid(code="bad_duration")`, also for
        working days given in months or hours.
        """
        duration = Duration.parse(within)
        if working_days and (duration.is_exact or duration.months):
            raise Invalid("working days are counted in days", code="bad_duration")
        if duration.is_exact:
            end = start.astimezone(UTC) + duration.exact
            return Due(at=end, unrolled=end, provisional=False)
        return _last_day(self, self.day_of(start), duration, working_days)

    def end_of(self, day: date) -> Due:
        """The end of the local `day`, moved to the next working day when `day` is none."""
        last = day
        while not self.is_working(last):
            last += ONE_DAY
        return Due(at=self._end(last), unrolled=self._end(day), provisional=last > self.known_until)

    def nth_working_day(self, day: date, count: int) -> date:
        """The last of `count` working days after `day`."""
        while count:
            day += ONE_DAY
            count -= self.is_working(day)
        return day

    def _end(self, day: date) -> datetime:
        return datetime.combine(day, self.ends, self.zone).astimezone(UTC)


@lru_cache(maxsize=1024)  # the same few intervals begin many thousand times on one day
def _last_day(calendar: WorkingCalendar, day: date, duration: Duration, working_days: bool) -> Due:
    if working_days:
        return calendar.end_of(calendar.nth_working_day(day, duration.days))
    return calendar.end_of(duration.after(day))
