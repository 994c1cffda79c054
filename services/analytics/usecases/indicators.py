"""Answers about indicators: a period of an area, grouped, and held against an earlier period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from services.analytics.domain.boundaries import BoundaryChange, broken_by
from services.analytics.domain.figures import Figure, change
from services.analytics.domain.indicators import INDICATORS, Indicator, value_of
from services.analytics.domain.periods import day_in_viet_nam, like_for_like, previous, year_ago
from services.analytics.usecases.grouping import KINDS, Figures, Group, GroupBy, Question, Registry, groups_of
from shared.clock import Clock
from shared.contracts.vocabulary import Origin, Qualifier
from shared.errors import Fault, Invalid, NotFound

MAX_DAYS = 4000
MAX_GROUPED_DAYS = 400


def check(question: Question) -> None:
    """Raises Invalid where the answer would have no bound or no sense, NotFound for an indicator there is
    not.
    """
    if question.period.length > MAX_DAYS:
        raise Invalid("The period is too long.", (Fault("/query/period", f"at most {MAX_DAYS} days"),))
    if question.group_by == "day" and question.period.length > MAX_GROUPED_DAYS:
        raise Invalid(
            "The period is too long.", (Fault("/query/period", f"at most {MAX_GROUPED_DAYS} days by day"),)
        )
    for place, name in enumerate(question.indicators):
        if not _fits(_known(name), question):
            fault = Fault(f"/query/indicator/{place}", f"{name} is not counted by {question.group_by}")
            raise Invalid("The indicator cannot be grouped so.", (fault,))


def _known(name: str) -> Indicator:
    if name not in INDICATORS:
        raise NotFound("There is no such indicator.")
    return INDICATORS[name]


def _fits(indicator: Indicator, question: Question) -> bool:
    return question.group_by not in KINDS or KINDS[question.group_by][0] == indicator.source


def explain(name: str) -> dict[str, Any]:
    """What an indicator counts, what it does not say, and how to read null and 0."""
    one = _known(name)
    return {
        "name": one.name,
        "unit": one.unit,
        "origin": Origin.COMPUTED.value,
        "qualifier": Qualifier.EXACT.value,
        "events": [f"liengia.{event}.v1" for event in one.events],
        "says": one.says,
        "does_not_say": one.not_said,
        "group_by": [by for by in get_args(GroupBy) if by not in KINDS or KINDS[by][0] == one.source],
        "time_zone": "Asia/Ho_Chi_Minh",
        "null": f"No ward of the area had events of {one.source} by the end of the period, or it has not "
        "begun, or a share or a mean has nothing to be taken of.",
        "zero": f"The area reports, and none was found. A ward reports from the day of its first event of "
        f"{one.source} on.",
        "restricted": "Tips about officers are counted only for a caller with the scope inspectorate.",
    }


async def answer(
    question: Question,
    figures: Figures,
    registry: Registry,
    clock: Clock,
    as_of: datetime,
    changes: Sequence[BoundaryChange],
) -> list[dict[str, Any]]:
    """Items `{indicator, group, figure, comparison}`. `as_of`: all events up to then are counted; `changes`:
    boundary changes that a comparison must name.
    """
    check(question)
    today = day_in_viet_nam(clock.now())
    groups = await groups_of(question, figures, registry, today)
    names = question.indicators or tuple(name for name, one in INDICATORS.items() if _fits(one, question))
    if question.compare is None:
        return [_item(name, question, group, as_of) for name in names for group in groups]
    other = previous(question.period) if question.compare == "previous" else year_ago(question.period)
    asked = replace(question, period=like_for_like(question.period, other, today))
    earlier = await groups_of(asked, figures, registry, today)
    pairs = []
    for place, group in enumerate(groups):
        before = _counterpart(question, groups, earlier, place)
        then = asked.period if before is None else before.period
        pairs.append((group, before, broken_by(changes, group.area, then, group.period)))
    return [
        {
            **_item(name, question, group, as_of),
            "comparison": _comparison(name, group, before, as_of, broken),
        }
        for name in names
        for group, before, broken in pairs
    ]


def _item(name: str, question: Question, group: Group, as_of: datetime) -> dict[str, Any]:
    return {
        "indicator": name,
        "group": question.group_by and {"by": question.group_by, "key": group.key},
        "figure": _figure(name, group, as_of).to_json(),
    }


def _comparison(
    name: str, group: Group, before: Group | None, as_of: datetime, broken: BoundaryChange | None
) -> dict[str, Any]:
    """A share moves by points: its change in per cent would be read as points, and is left out."""
    now = _figure(name, group, as_of)
    then = None if before is None else _figure(name, before, as_of)
    moved = change(now.value, None if then is None else then.value)
    return {
        "with": then and then.to_json(),
        "difference": moved.difference,
        "percent": None if now.unit == "percent" else moved.percent,
        "break": broken
        and {
            "on": broken.on.isoformat(),
            "why": {"vi": broken.vi, "en": broken.en},
            "source": broken.source,
        },
    }


def _figure(name: str, group: Group, as_of: datetime) -> Figure:
    return Figure(
        value=value_of(name, group.counts, group.reporting[INDICATORS[name].source]),
        unit=INDICATORS[name].unit,
        qualifier=Qualifier.EXACT,
        origin=Origin.COMPUTED,
        period=group.period.text,
        area=group.area,
        as_of=as_of,
        reporting=group.reporting[INDICATORS[name].source],
    )


def _counterpart(
    question: Question, groups: Sequence[Group], earlier: Sequence[Group], place: int
) -> Group | None:
    """What a group is held against: days and months by their place in the period, the rest by their key."""
    if question.group_by in ("day", "month"):
        return earlier[place] if place < len(earlier) else None
    return next((one for one in earlier if one.key == groups[place].key), None)
