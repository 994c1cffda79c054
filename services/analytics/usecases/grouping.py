"""Which buckets answer a question, put into the groups that were asked for."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal, Protocol

from services.analytics.domain.buckets import Counts, add, of_kind
from services.analytics.domain.counted import SOURCES, Source
from services.analytics.domain.facts import Level, level_of, ward_of
from services.analytics.domain.figures import Reporting
from services.analytics.domain.periods import Period, between, months_in, whole_months
from shared.contracts.vocabulary import Category, DisputeType

GroupBy = Literal["day", "month", "area", "category", "dispute_type"]
Compare = Literal["previous", "year_ago"]
COUNTRY = "vn"
# Kinds of one source say nothing of another's: "noise" is a category of tips and, apart from it, a dispute.
KINDS: Final[Mapping[str | None, tuple[Source, type[StrEnum]]]] = {
    "category": ("tips", Category),
    "dispute_type": ("mediation", DisputeType),
}
# Per source: ward → first day from which it reports.
FirstDays = Mapping[Source, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """`area` None: the whole country. `restricted`: whether what only the inspectorate may see counts."""

    area: str | None
    period: Period
    group_by: GroupBy | None = None
    compare: Compare | None = None
    indicators: tuple[str, ...] = ()
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    area: str
    span: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Target:
    """Which buckets to read: of one level, and of one area or of all areas below a parent."""

    level: Level
    area: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One row group of an answer, before it becomes figures."""

    key: str | None
    period: Period
    area: str
    counts: Counts
    reporting: Mapping[Source, Reporting]


class Figures(Protocol):
    async def read(self, target: Target, spans: Sequence[str], *, restricted: bool) -> Sequence[Bucket]: ...

    async def first_days(self, area: str | None, *, restricted: bool) -> FirstDays: ...


class Registry(Protocol):
    async def children(self, parent: str | None) -> Sequence[str]:
        """Keys of the official areas right below: provinces, or a province's wards."""

    async def wards(self, area: str | None) -> int:
        """How many official wards, communes and special zones lie in an area."""


async def groups_of(question: Question, figures: Figures, registry: Registry, today: date) -> list[Group]:
    """The groups of an answer, in order; one when nothing is grouped. Raises Unavailable."""
    first_days = await figures.first_days(question.area, restricted=question.restricted)
    expected = 1 if question.area and "/" in question.area else await registry.wards(question.area)
    reports = _Reports(first_days, expected, today)
    if question.group_by == "area":
        return await _by_area(question, figures, registry, reports)
    buckets = await figures.read(_target(question), _spans(question), restricted=question.restricted)
    area, period = question.area or COUNTRY, question.period
    if question.group_by in KINDS:
        counts, (_, kinds) = add(bucket.counts for bucket in buckets), KINDS[question.group_by]
        return [
            Group(kind.value, period, area, of_kind(counts, kind.value), reports.of(period))
            for kind in kinds
            if question.restricted or kind is not Category.OFFICER_MISCONDUCT
        ]
    if question.group_by is None:
        return [Group(None, period, area, add(bucket.counts for bucket in buckets), reports.of(period))]
    parts = [between(day, day) for day in period.days()] if question.group_by == "day" else months_in(period)
    return [
        Group(
            part.start.isoformat() if question.group_by == "day" else part.start.isoformat()[:7],
            part,
            area,
            add(bucket.counts for bucket in buckets if _within(bucket.span, part)),
            reports.of(part),
        )
        for part in parts
    ]


async def _by_area(
    question: Question, figures: Figures, registry: Registry, reports: "_Reports"
) -> list[Group]:
    """Every official area right below, also those that do not report; below a ward, what was reported for."""
    parent = question.area
    level: Level = "province" if parent is None else "ward" if level_of(parent) == "province" else "leaf"
    target = (
        Target("leaf", area=parent)
        if parent and level_of(parent) == "leaf"
        else Target(level, parent=parent or COUNTRY)
    )
    spans = _spans(question, months=level != "leaf")
    by_area: dict[str, list[Counts]] = {}
    for bucket in await figures.read(target, spans, restricted=question.restricted):
        by_area.setdefault(bucket.area, []).append(bucket.counts)
    official = [] if level == "leaf" else await registry.children(parent)
    groups = []
    for area in sorted({*official, *by_area}):
        wards = await registry.wards(area) if level == "province" else int("/" in area)
        groups.append(
            Group(
                area,
                question.period,
                area,
                add(by_area.get(area, [])),
                reports.below(area, wards, question.period, level),
            )
        )
    return groups


def _target(question: Question) -> Target:
    if question.area is None:
        return Target("province", parent=COUNTRY)
    return Target(level_of(question.area), area=question.area)


def _spans(question: Question, *, months: bool = True) -> list[str]:
    """Which spans to add up: whole months where those exist and are fine enough, else days."""
    leaf = question.area is not None and level_of(question.area) == "leaf"
    if question.group_by == "day" or leaf or not months:
        return [day.isoformat() for day in question.period.days()]
    whole, days = whole_months(question.period)
    return whole + [day.isoformat() for day in days]


def _within(span: str, part: Period) -> bool:
    first = span if len(span) == len("YYYY-MM-DD") else f"{span}-01"
    return part.start.isoformat() <= first <= part.end.isoformat()


class _Reports:
    """Which wards had begun to report when, by source. The office of a province may report too (an alert for
    all of it); it is then one more to report.
    """

    def __init__(self, first_days: FirstDays, expected: int, today: date) -> None:
        self._first_days = first_days
        self._sorted = {source: sorted(first_days[source].values()) for source in SOURCES}
        self._offices = {source: sum("/" not in one for one in first_days[source]) for source in SOURCES}
        self._expected = expected
        self._today = today

    def of(self, period: Period) -> Mapping[Source, Reporting]:
        return {source: self._of(source, period) for source in SOURCES}

    def _of(self, source: Source, period: Period) -> Reporting:
        received = 0
        if period.start <= self._today:
            received = bisect_right(self._sorted[source], period.end.isoformat())
        return Reporting(max(self._expected + self._offices[source], received), received)

    def below(self, area: str, wards: int, period: Period, level: Level) -> Mapping[Source, Reporting]:
        mine = {
            source: {
                ward: first
                for ward, first in first_days.items()
                if ward == ward_of(area) or (level == "province" and ward.startswith(area + "/"))
            }
            for source, first_days in self._first_days.items()
        }
        return _Reports(mine, wards, self._today).of(period)
