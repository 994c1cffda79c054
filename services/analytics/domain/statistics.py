"""Attested statistics: figures that somebody published, kept apart from computed ones, never added."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.analytics.domain.figures import Figure
from shared.contracts.vocabulary import Origin, Qualifier
from shared.decision import Decision, Happened, Noted
from shared.errors import Fault, Invalid
from shared.folding import fold

# What an order of magnitude means, both ends included: "hàng trăm" is 100 to 999.
MAGNITUDES: Final[Mapping[str, tuple[int, int]]] = {
    "hang chuc": (10, 99),
    "hang tram": (100, 999),
    "hang nghin": (1_000, 9_999),
    "hang ngan": (1_000, 9_999),
    "hang van": (10_000, 99_999),
    "hang trieu": (1_000_000, 9_999_999),
}
LARGEST: Final = 10**12
_INDICATOR: Final = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,39}){0,3}")


@dataclass(frozen=True, slots=True)
class Statistic:
    """`low` and `high` bound an order of magnitude, both included; `reference` is the source's own number of
    the row.
    """

    indicator: str
    value: float | int | None
    unit: str
    qualifier: Qualifier
    period: str
    start: date
    end: date
    area: str
    reported_at: datetime
    low: int | None = None
    high: int | None = None
    place: str | None = None
    quote: str | None = None
    source: str | None = None
    reference: str | None = None
    note: str | None = None

    def figure(self) -> Figure:
        return Figure(
            value=self.value,
            unit=self.unit,
            qualifier=self.qualifier,
            origin=Origin.ATTESTED,
            period=self.period,
            area=self.area,
            as_of=self.reported_at,
            reporting=None,
        )


def check(statistic: Statistic) -> None:
    """Raises Invalid with a pointer for each fault.

    A value may be absent only where an order of magnitude stands for it: "0" is what says that none was
    found.
    """
    faults: list[Fault] = []
    if not _INDICATOR.fullmatch(statistic.indicator):
        faults.append(
            Fault("/indicator", "must be lower-case words joined by dots, such as outreach.participants")
        )
    if statistic.value is not None and not (
        math.isfinite(statistic.value) and abs(statistic.value) <= LARGEST
    ):
        faults.append(Fault("/value", f"must lie between -{LARGEST} and {LARGEST}"))
    bounded = statistic.low is not None and statistic.high is not None
    if statistic.qualifier is Qualifier.ORDER_OF_MAGNITUDE:
        if statistic.value is None and not bounded:
            faults.append(
                Fault("/range", "an order of magnitude without a value needs a range or words like hàng trăm")
            )
    elif statistic.value is None:
        faults.append(Fault("/value", "may be null only with order_of_magnitude"))
    elif bounded:
        faults.append(Fault("/range", "goes with order_of_magnitude only"))
    if bounded and (statistic.low or 0) > (statistic.high or 0):
        faults.append(Fault("/range", "ends below its start"))
    if faults:
        raise Invalid("The statistic is not valid.", tuple(faults))


def whole(value: float | int | None) -> float | int | None:
    """A whole number without its `.0`, so that it is written as people write it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def range_in_words(quote: str | None) -> tuple[int, int] | None:
    """The bounds that a Vietnamese order of magnitude names: `hàng trăm tin` gives (100, 999)."""
    folded = fold(quote or "")
    return next((bounds for words, bounds in MAGNITUDES.items() if re.search(rf"\b{words}\b", folded)), None)


def report(statistic: Statistic) -> Decision[Statistic]:
    """A checked statistic becomes an aggregate of its own; a correction is another statement beside it."""
    check(statistic)
    return Decision(
        state=statistic,
        happened=(Happened("statistic.reported"),),
        noted=(Noted("reported"),),
    )
