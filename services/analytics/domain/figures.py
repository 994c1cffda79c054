"""Figures as product.md, position 9, defines them, and the indicators that can be computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.analytics.domain.buckets import DUPLICATES, RATING_POINTS, Counts, total
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
class Indicator:
    """`counts` names the event types it rests on; `says` and `not_said` are shown by
    /indicators/{name}/explain.
    """

    name: str
    unit: str
    events: tuple[str, ...]
    says: str
    not_said: str


_BY_EVENT_DAY: Final = "Counted on the day it happened, once per tip and day."
_APART: Final = "Resolved, handed over, unfounded and out of scope never share a figure."

INDICATORS: Final[Mapping[str, Indicator]] = {
    one.name: one
    for one in (
        Indicator("tip.received", "tip", ("tip.received",),
                  "Tips that were received. " + _BY_EVENT_DAY,
                  "Not incidents: several people may report one. More tips may mean more trust."),
        Indicator("incident.reported", "incident",
                  ("tip.received", "tip.duplicate_linked", "tip.duplicate_unlinked"),
                  "Tips received, less those that stand linked as a duplicate, by day of receipt.",
                  "Not confirmed crimes. A link made later changes an earlier day."),
        Indicator("tip.duplicate", "tip", ("tip.duplicate_linked", "tip.duplicate_unlinked"),
                  "Tips, by their day of receipt, that stand linked to another tip about the same incident.",
                  "Every one of these reporters still gets a reply."),
        Indicator("tip.classified", "tip", ("tip.classified",),
                  "Tips that an officer classified. " + _BY_EVENT_DAY,
                  "A tip classified again on another day counts on both days."),
        Indicator("tip.resolved", "tip", ("tip.resolved",),
                  "Tips resolved by the ward or by mediation. " + _BY_EVENT_DAY, _APART),
        Indicator("tip.handed_over", "tip", ("tip.handed_over",),
                  "Tips handed over to an authority. " + _BY_EVENT_DAY, _APART),
        Indicator("tip.unfounded", "tip", ("tip.found_unfounded",),
                  "Tips checked and found without ground. " + _BY_EVENT_DAY, _APART),
        Indicator("tip.out_of_scope", "tip", ("tip.declined",),
                  "Tips declined as out of scope. " + _BY_EVENT_DAY, _APART),
        Indicator("tip.referred", "tip", ("tip.referred_to_mediation",),
                  "Disputes referred to mediation. " + _BY_EVENT_DAY, "Says nothing of how mediation ended."),
        Indicator("tip.replied", "tip", ("tip.replied",),
                  "Tips whose reporter was given an answer. " + _BY_EVENT_DAY,
                  "Says nothing of what the answer was."),
        Indicator("tip.closed", "tip", ("tip.closed",), "Tips closed. " + _BY_EVENT_DAY, _APART),
        Indicator("tip.reopened", "tip", ("tip.reopened",),
                  "Tips whose reporter contested the outcome. " + _BY_EVENT_DAY,
                  "A counter-indicator: it stands beside outcomes so that quick closing does not pay."),
        Indicator("deadline.warned", "deadline", ("tip.deadline_warning",),
                  "Deadlines that came near, per tip and clock.", "Not yet late."),
        Indicator("deadline.breached", "deadline", ("tip.deadline_breached",),
                  "Deadlines that passed unmet, per tip and clock.", "One tip may miss several."),
        Indicator("tip.rated", "rating", ("tip.rated",),
                  "Ratings that reporters gave. " + _BY_EVENT_DAY, "Most reporters give none."),
        Indicator("rating.mean", "point", ("tip.rated",),
                  "Mean of the ratings given, 1 (bad) to 5 (good); null when nobody rated.",
                  "Only those who chose to rate speak here."),
    )
}  # fmt: skip


def value_of(name: str, counts: Counts, reporting: Reporting) -> float | int | None:
    """The value of an indicator, or None where no ward has reported (or nobody rated).

    A ward reports from the day of its first event on; from then a day without tips is a 0.
    """
    if reporting.received == 0:
        return None
    if name == "incident.reported":
        return max(total(counts, "tip.received") - total(counts, DUPLICATES), 0)
    if name == "rating.mean":
        rated = total(counts, "tip.rated")
        return round(total(counts, RATING_POINTS) / rated, 2) if rated else None
    return total(counts, name)


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
