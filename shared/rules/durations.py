"""ISO 8601 durations as the law uses them: calendar units and exact hours are different things.

A timedelta cannot tell PT24H (runs out at the same minute tomorrow) from P1D (runs out at the end of
tomorrow), and it has no months, so the parsed form keeps the units.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from shared.errors import Invalid

_FORM = re.compile(
    r"P(?:(?P<years>\d{1,2})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """Either calendar units (`months`, `days`) or exact time (`exact`), never both; at least one unit is
    positive."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta()

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """`P7D`, `P2M`, `P5Y`, `P2W`, `PT12H`, `PT90M`; whole numbers only.

        Raises `Invalid(code="bad_duration")` for anything else: fractions, zero, or days mixed with hours.
        """
        return _parsed(text)

    @property
    def is_exact(self) -> bool:
        return self.exact > timedelta()

    def after(self, day: date) -> date:
        """The last day of the interval that begins on `day`, which is not counted itself (Civil Code 2015,
        article 147).

        Months go to the same number of the month; where there is none, to that month's last day (article
        148).
        """
        months = day.year * 12 + day.month - 1 + self.months
        year, month = months // 12, months % 12 + 1
        moved = date(year, month, min(day.day, monthrange(year, month)[1]))
        return moved + timedelta(days=self.days)


@lru_cache(maxsize=256)  # a handful of texts, all from the rules, read at every start of a clock
def _parsed(text: str) -> Duration:
    found = _FORM.fullmatch(text)
    if found is None:
        raise Invalid("not an ISO 8601 duration of whole units", code="bad_duration")
    unit = {name: int(value or 0) for name, value in found.groupdict().items()}
    parsed = Duration(
        months=unit["years"] * 12 + unit["months"],
        days=unit["weeks"] * 7 + unit["days"],
        exact=timedelta(hours=unit["hours"], minutes=unit["minutes"], seconds=unit["seconds"]),
    )
    if parsed.is_exact == bool(parsed.months or parsed.days):
        raise Invalid("a duration is in calendar units or in hours, above zero", code="bad_duration")
    return parsed
