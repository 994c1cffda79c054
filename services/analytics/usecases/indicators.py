"""Answers about indicators: a period of an area, by day, month, area or category, held against an earlier
period.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from services.analytics.domain.buckets import Counts, add, of_category
from services.analytics.domain.facts import Level, level_of, ward_of
from services.analytics.domain.figures import INDICATORS, Figure, Reporting, change, value_of
from services.analytics.domain.periods import (
    Period,
    between,
    day_in_viet_nam,
    like_for_like,
    months_in,
    previous,
    whole_months,
    year_ago,
)
from shared.clock import Clock
from shared.contracts.vocabulary import Category, Origin, Qualifier
from shared.errors import Fault, Invalid, NotFound

GroupBy = Literal["day", "month", "area", "category"]
Compare = Literal["previous", "year_ago"]
COUNTRY = "vn"
MAX_DAYS = 4000
MAX_GROUPED_DAYS = 400


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
    reporting: Reporting


class Figures(Protocol):
    async def read(self, target: Target, spans: Sequence[str], *, restricted: bool) -> Sequence[Bucket]: ...

    async def first_days(self, area: str | None, *, restricted: bool) -> Mapping[str, str]: ...


class Registry(Protocol):
    async def children(self, parent: str | None) -> Sequence[str]:
        """Keys of the official areas right below: provinces, or a province's wards."""

    async def wards(self, area: str | None) -> int:
        """How many official wards, communes and special zones lie in an area."""


def check(question: Question) -> None:
    """Raises Invalid where the answer would have no bound, NotFound for an indicator there is not."""
    if question.period.length > MAX_DAYS:
        raise Invalid("The period is too long.", (Fault("/query/period", f"at most {MAX_DAYS} days"),))
    if question.group_by == "day" and question.period.length > MAX_GROUPED_DAYS:
        raise Invalid(
            "The period is too long.", (Fault("/query/period", f"at most {MAX_GROUPED_DAYS} days by day"),)
        )
    for name in question.indicators:
        explain(name)


def explain(name: str) -> dict[str, Any]:
    """What an indicator counts, what it does not say, and how to read null and 0."""
    if name not in INDICATORS:
        raise NotFound("There is no such indicator.")
    one = INDICATORS[name]
    return {
        "name": one.name,
        "unit": one.unit,
        "origin": Origin.COMPUTED.value,
        "qualifier": Qualifier.EXACT.value,
        "events": [f"liengia.{event}.v1" for event in one.events],
        "says": one.says,
        "does_not_say": one.not_said,
        "time_zone": "Asia/Ho_Chi_Minh",
        "null": "No ward of the area reported yet by the end of the period, or it has not begun.",
        "zero": "The area reports, and none was found. A ward reports from the day of its first event on.",
        "restricted": "Tips about officers are counted only for a caller with the scope inspectorate.",
    }


async def answer(
    question: Question, figures: Figures, registry: Registry, clock: Clock, as_of: datetime
) -> list[dict[str, Any]]:
    """Items `{indicator, group, figure, comparison}`. `as_of`: all events up to then are counted."""
    check(question)
    today = day_in_viet_nam(clock.now())
    groups = await _groups(question, figures, registry, today)
    earlier: list[Group] | None = None
    if question.compare is not None:
        other = previous(question.period) if question.compare == "previous" else year_ago(question.period)
        asked = replace(question, period=like_for_like(question.period, other, today))
        earlier = await _groups(asked, figures, registry, today)
    names = question.indicators or tuple(INDICATORS)
    return [
        _item(name, question, group, _counterpart(question, groups, earlier, place), as_of)
        for name in names
        for place, group in enumerate(groups)
    ]


def _item(
    name: str, question: Question, group: Group, other: tuple[Group | None] | None, as_of: datetime
) -> dict[str, Any]:
    figure = _figure(name, group, as_of)
    item: dict[str, Any] = {
        "indicator": name,
        "group": question.group_by and {"by": question.group_by, "key": group.key},
        "figure": figure.to_json(),
    }
    if other is not None:
        before = None if other[0] is None else _figure(name, other[0], as_of)
        moved = change(figure.value, None if before is None else before.value)
        item["comparison"] = {
            "with": before and before.to_json(),
            "difference": moved.difference,
            "percent": moved.percent,
        }
    return item


def _figure(name: str, group: Group, as_of: datetime) -> Figure:
    return Figure(
        value=value_of(name, group.counts, group.reporting),
        unit=INDICATORS[name].unit,
        qualifier=Qualifier.EXACT,
        origin=Origin.COMPUTED,
        period=group.period.text,
        area=group.area,
        as_of=as_of,
        reporting=group.reporting,
    )


def _counterpart(
    question: Question, groups: Sequence[Group], earlier: Sequence[Group] | None, place: int
) -> tuple[Group | None] | None:
    """What a group is held against: days and months by their place in the period, the rest by their key."""
    if earlier is None:
        return None
    if question.group_by in ("day", "month"):
        return (earlier[place] if place < len(earlier) else None,)
    return (next((one for one in earlier if one.key == groups[place].key), None),)


async def _groups(question: Question, figures: Figures, registry: Registry, today: date) -> list[Group]:
    first_days = await figures.first_days(question.area, restricted=question.restricted)
    expected = 1 if question.area and "/" in question.area else await registry.wards(question.area)
    reports = _Reports(first_days, expected, today)
    if question.group_by == "area":
        return await _by_area(question, figures, registry, reports)
    buckets = await figures.read(_target(question), _spans(question), restricted=question.restricted)
    area, period = question.area or COUNTRY, question.period
    if question.group_by == "category":
        counts = add(bucket.counts for bucket in buckets)
        return [
            Group(category.value, period, area, of_category(counts, category.value), reports.of(period))
            for category in Category
            if question.restricted or category is not Category.OFFICER_MISCONDUCT
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
        wards = await registry.wards(area) if level == "province" else 1
        groups.append(
            Group(
                area,
                question.period,
                area,
                add(by_area.get(area, [])),
                reports.below(area, wards, question.period),
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
    """Which wards had begun to report when."""

    def __init__(self, first_days: Mapping[str, str], expected: int, today: date) -> None:
        self._first_days = first_days
        self._sorted = sorted(first_days.values())
        self._expected = expected
        self._today = today

    def of(self, period: Period) -> Reporting:
        received = 0
        if period.start <= self._today:
            received = bisect_right(self._sorted, period.end.isoformat())
        return Reporting(max(self._expected, received), received)

    def below(self, area: str, wards: int, period: Period) -> Reporting:
        mine = {
            ward: first
            for ward, first in self._first_days.items()
            if ward == ward_of(area) or ward.startswith(area + "/")
        }
        return _Reports(mine, wards, self._today).of(period)
