"""Facts: what is kept of an event for counting, and which (area, day) bucket it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from services.analytics.domain.periods import day_in_viet_nam

Level = Literal["leaf", "ward", "province"]

LINKED: Final = "liengia.tip.duplicate_linked.v1"
UNLINKED: Final = "liengia.tip.duplicate_unlinked.v1"
RATED: Final = "liengia.tip.rated.v1"

# Which event type is one occurrence of which count. Every other type is kept for the gap check and counted
# nowhere.
COUNTED: Final[Mapping[str, str]] = {
    "liengia.tip.received.v1": "tip.received",
    "liengia.tip.classified.v1": "tip.classified",
    "liengia.tip.declined.v1": "tip.out_of_scope",
    "liengia.tip.referred_to_mediation.v1": "tip.referred",
    "liengia.tip.handed_over.v1": "tip.handed_over",
    "liengia.tip.resolved.v1": "tip.resolved",
    "liengia.tip.found_unfounded.v1": "tip.unfounded",
    "liengia.tip.replied.v1": "tip.replied",
    "liengia.tip.closed.v1": "tip.closed",
    "liengia.tip.reopened.v1": "tip.reopened",
    "liengia.tip.deadline_warning.v1": "deadline.warned",
    "liengia.tip.deadline_breached.v1": "deadline.breached",
    RATED: "tip.rated",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One event, as far as counting needs it.

    `subject` is the aggregate's id, `day` the day in Viet Nam on which it counts, `clock` the deadline
    it is about, `value` a rating from 1 to 5.
    """

    id: str
    type: str
    subject: str
    sequence: int
    day: date
    area: str
    category: str
    restricted: bool
    clock: str | None = None
    value: int | None = None

    @property
    def bucket(self) -> "Key":
        return Key("leaf", self.area, self.day.isoformat(), self.restricted)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names a bucket: counts of one area over one `span`, a day `YYYY-MM-DD` or a month `YYYY-MM`.

    A `leaf` holds what was reported for exactly that area path; `ward` and `province` are sums below them.
    Restricted facts have buckets of their own, so that leaving them out is leaving out whole documents.
    """

    level: Level
    area: str
    span: str
    restricted: bool

    def __str__(self) -> str:
        return f"{self.level}|{self.area}|{self.span}|{'inspectorate' if self.restricted else 'open'}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        level, area, span, mark = text.split("|")
        if level not in ("leaf", "ward", "province"):
            raise ValueError(text)
        known: Level = "leaf" if level == "leaf" else "ward" if level == "ward" else "province"
        return cls(known, area, span, mark == "inspectorate")


def counting_day(event_type: str, happened: datetime, received: datetime) -> date:
    """A duplicate link says something about the day its tip came in; everything else counts on the day it
    happened.
    """
    return day_in_viet_nam(received if event_type in (LINKED, UNLINKED) else happened)


def ward_of(area: str) -> str:
    """The first two segments: `99/99001` of `99/99001/tdp-4`."""
    return "/".join(area.split("/")[:2])


def province_of(area: str) -> str | None:
    """The first segment; None for a place that no longer exists, which is shown and never rolled up."""
    first = area.split("/", 1)[0]
    return None if first == "legacy" else first


def level_of(area: str) -> Level:
    """Which buckets answer a question about this area path."""
    segments = area.count("/")
    if area.startswith("legacy/") or segments >= 2:
        return "leaf"
    return "ward" if segments == 1 else "province"


def parents(key: Key) -> list[Key]:
    """The sums one step above a bucket: leaf day → ward day → province day, and each day → its month."""
    province = province_of(key.area)
    if province is None or len(key.span) == len("YYYY-MM"):
        return []
    if key.level == "leaf":
        return [Key("ward", ward_of(key.area), key.span, key.restricted)]
    month = Key(key.level, key.area, key.span[:7], key.restricted)
    if key.level == "ward":
        return [Key("province", province, key.span, key.restricted), month]
    return [month]
