"""Figures, of which null is never 0 (docs/decisions/attested-figures.md), and how two of them are held
against each other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.vocabulary import Origin, Qualifier


@dataclass(frozen=True, slots=True)
class Reporting:
    """How many wards were to report, and how many have."""

    expected: int
    received: int


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` 0: somebody looked and found none; None: nobody reported."""

    value: float | int | None
    unit: str
    qualifier: Qualifier
    origin: Origin
    period: str
    area: str
    as_of: datetime
    reporting: Reporting | None
    suppressed: bool = False

    def to_json(self) -> dict[str, Any]:
        reporting = self.reporting and {
            "expected": self.reporting.expected,
            "received": self.reporting.received,
        }
        return {
            "value": self.value,
            "unit": self.unit,
            "qualifier": self.qualifier.value,
            "origin": self.origin.value,
            "period": self.period,
            "area": self.area,
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
            "reporting": reporting,
            "suppressed": self.suppressed,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """How a value stands against an earlier one; None where either is unknown, percent also where the earlier
    is 0.
    """

    difference: float | int | None
    percent: float | None


def change(now: float | int | None, before: float | int | None) -> Change:
    if now is None or before is None:
        return Change(None, None)
    difference = round(now - before, 2)
    return Change(difference, round(100 * difference / before, 1) if before else None)
