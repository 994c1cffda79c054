"""Days on which areas became other areas: a figure held against one from before such a day says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.analytics.domain.periods import Period


@dataclass(frozen=True, slots=True)
class BoundaryChange:
    """From `on` areas have other boundaries, but for those in `unchanged`. `vi` and `en` say why in words,
    `source` names the law.
    """

    on: date
    vi: str
    en: str
    source: str
    unchanged: frozenset[str]


def broken_by(
    changes: Iterable[BoundaryChange], area: str, earlier: Period, later: Period
) -> BoundaryChange | None:
    """The newest change that an `area`'s comparison of two periods reaches across; None where both lie on one
    side.
    """
    crossed = [
        change
        for change in changes
        if area not in change.unchanged and earlier.start < change.on <= later.end
    ]
    return max(crossed, key=lambda change: change.on, default=None)
