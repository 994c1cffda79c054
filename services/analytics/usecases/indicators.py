"""Answers about indicators: a period of an area, grouped, and held against an earlier period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.analytics.domain.figures import INDICATORS, Figure, change, value_of
from services.analytics.domain.periods import day_in_viet_nam, like_for_like, previous, year_ago
from services.analytics.usecases.grouping import Figures, Group, Question, Registry, groups_of
from shared.clock import Clock
from shared.contracts.vocabulary import Origin, Qualifier
from shared.errors import Fault, Invalid, NotFound

MAX_DAYS = 4000
MAX_GROUPED_DAYS = 400


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
    groups = await groups_of(question, figures, registry, today)
    earlier: list[Group] | None = None
    if question.compare is not None:
        other = previous(question.period) if question.compare == "previous" else year_ago(question.period)
        asked = replace(question, period=like_for_like(question.period, other, today))
        earlier = await groups_of(asked, figures, registry, today)
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
