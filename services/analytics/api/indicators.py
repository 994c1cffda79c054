"""GET /indicators, their explanation, and what is missing of an aggregate's events."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from services.analytics.api.shapes import Explanation, ExplanationList, GapList, IndicatorList
from services.analytics.domain.indicators import INDICATORS
from services.analytics.usecases.desk import Desk
from services.analytics.usecases.grouping import Compare, GroupBy
from services.analytics.usecases.indicators import explain
from shared.areas import AREA_PATTERN
from shared.web import Caller

AreaQuery = Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80, examples=["99/99001"])]
PeriodQuery = Annotated[str | None, Query(max_length=21, examples=["2026-09"])]


def routes(desk: Desk) -> APIRouter:
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
        against as many days of the other; `comparison.break` names the day on which the area became another
        area between the two. `group_by=category` answers for tips, `dispute_type` for mediation. 0 means that
        somebody looked and found none, null that nobody reported.
        """
        question = desk.question(
            caller, area=area, period=period, group_by=group_by, compare=compare, indicators=tuple(indicator)
        )
        return {"items": await desk.answer(question), "next_cursor": None}

    @router.get(
        "/indicators/{name}/explain",
        summary="What an indicator counts and does not say",
        response_model=Explanation | ExplanationList,
    )
    async def explanation(name: Annotated[str, Path(max_length=100)]) -> dict[str, Any]:
        """Public: definitions hold no figure. `all` lists every name."""
        return explain(name) if name != "all" else {"items": [explain(one) for one in INDICATORS]}

    @router.get("/gaps", summary="Aggregates of which an event is missing here", response_model=GapList)
    async def gaps(caller: Caller, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
        """Scope `operate`. `expected` is the highest sequence seen, `found` how many events are here; none is
        the rule.
        """
        caller.require("operate")
        return {"items": list(await desk.buckets.gaps(limit)), "next_cursor": None}

    return router
