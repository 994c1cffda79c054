"""Facts: what is kept of an event for counting, and which (area, day) buckets it belongs to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.analytics.domain.counted import Source, counted
from services.analytics.domain.periods import day_in_viet_nam

Level = Literal["leaf", "ward", "province"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event, as far as counting needs it.

    `subject` is the aggregate's id, `began` the day in Viet Nam on which the tip came in or the case was
    requested, `kind` the tip's category or the case's dispute type ("" for a notice). `apart`,
    `moment` and `points` are what the table `COUNTED` says of the type: a clock or an outcome, when something
    is due or took place, a rating from 1 to 5.
    """

    id: str
    type: str
    source: Source
    subject: str
    sequence: int
    at: datetime
    began: date
    area: str
    kind: str
    restricted: bool
    apart: str | None = None
    moment: datetime | None = None
    points: int | None = None

    @property
    def day(self) -> date:
        """The day in Viet Nam on which it happened."""
        return day_in_viet_nam(self.at)

    @property
    def buckets(self) -> "frozenset[Key]":
        """Its own day's, and if its type belongs to a course the one of the day on which that began."""
        day, began = self.day, self.began
        days = {day, began} if began != day and counted(self.type).course else (day,)
        return frozenset(Key("leaf", self.area, day.isoformat(), self.restricted) for day in days)


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
