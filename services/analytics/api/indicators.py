"""GET /indicators, their explanation, and what is missing of an aggregate's events."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from services.analytics.api.shapes import IndicatorList
from services.analytics.domain.figures import INDICATORS
from services.analytics.domain.periods import day_in_viet_nam, month_of, parse_period
from services.analytics.store.areas import MongoAreas
from services.analytics.store.buckets import MongoBuckets
from services.analytics.usecases.grouping import Compare, GroupBy, Question
from services.analytics.usecases.indicators import answer, check, explain
from shared.areas import AREA_PATTERN
from shared.auth import EVERYWHERE, Principal
from shared.clock import Clock
from shared.errors import Fault, Invalid
from shared.web import Caller

AreaQuery = Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80, examples=["99/99001"])]
PeriodQuery = Annotated[str | None, Query(max_length=21, examples=["2026-09"])]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer about indicators needs."""

    buckets: MongoBuckets
    areas: MongoAreas
    clock: Clock

    async def answer(self, question: Question) -> list[dict[str, Any]]:
        check(question)
        return await answer(question, self.buckets, self.areas, self.clock, await self.as_of())

    async def as_of(self) -> datetime:
        """All facts up to then are in the figures: the age of the oldest mark still to be worked off."""
        return await self.buckets.marks.oldest() or self.clock.now().astimezone(UTC)

    def question(
        self,
        caller: Principal,
        *,
        area: str | None,
        period: str | None,
        group_by: GroupBy | None = None,
        compare: Compare | None = None,
        indicators: tuple[str, ...] = (),
    ) -> Question:
        """What the caller may ask. Raises Forbidden, Invalid."""
        caller.require("indicators:read")
        area = area or _own_area(caller)
        if area is not None:
            caller.require("indicators:read", area)
        month = month_of(day_in_viet_nam(self.clock.now()))
        return Question(
            area=area,
            period=month if period is None else parse_period(period, "/query/period"),
            group_by=group_by,
            compare=compare,
            indicators=indicators,
            restricted=caller.has("inspectorate"),
        )


def _own_area(caller: Principal) -> str | None:
    """The area of a caller who names none: the only one of theirs, or None for the whole country."""
    if EVERYWHERE in caller.areas:
        return None
    if len(caller.areas) == 1:
        return caller.areas[0]
    raise Invalid("Say which area.", (Fault("/query/area", "is needed: you have several areas, or none"),))


def indicator_routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["indicators"])

    @router.get(
        "/indicators",
        summary="Computed figures of an area and a period",
        response_model=IndicatorList,
        response_model_exclude_unset=True,
    )
    async def read(
        caller: Caller,
        area: AreaQuery = None,
        period: PeriodQuery = None,
        group_by: GroupBy | None = None,
        compare: Compare | None = None,
        indicator: Annotated[list[str], Query(max_length=40)] = [],  # noqa: B006 - FastAPI copies it
    ) -> dict[str, Any]:
        """Scope `indicators:read`. `period`: `2026`, `2026-Q3`, `2026-09`, `2026-W37`, `start/end` (both days
        included); without it the current month, in Viet Nam's days. `compare` holds an unfinished period
        against as many
        days of the other. A figure of 0 means that somebody looked and found none, null that nobody reported.
        """
        question = desk.question(
            caller, area=area, period=period, group_by=group_by, compare=compare, indicators=tuple(indicator)
        )
        return {"items": await desk.answer(question), "next_cursor": None}

    @router.get("/indicators/{name}/explain", summary="What an indicator counts and does not say")
    async def explanation(name: Annotated[str, Path(max_length=100)]) -> dict[str, Any]:
        """Public: definitions hold no figure. `all` lists every name."""
        return explain(name) if name != "all" else {"items": [explain(one) for one in INDICATORS]}

    @router.get("/gaps", summary="Aggregates of which an event is missing here")
    async def gaps(caller: Caller, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
        """Scope `operate`. `expected` is the highest sequence seen, `found` how many events are here; none is
        the rule.
        """
        caller.require("operate")
        found = await desk.buckets.gaps(limit)
        items = [{"subject": one["_id"], "expected": one["expected"], "found": one["found"]} for one in found]
        return {"items": items, "next_cursor": None}

    return router
