"""What officers read: lists, a tip, its history and its clocks."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.tips.api.handling import Called
from services.tips.api.shapes import ClockList, History, TipInFull, TipList
from services.tips.usecases import reading
from services.tips.usecases.bench import Bench
from services.tips.usecases.reading import Filter
from shared.areas import AREA_PATTERN
from shared.contracts.base import Moment
from shared.contracts.vocabulary import Category, TipState
from shared.web import Caller, Paging, answer, listed, read_cursor


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(tags=["reading"])
    _add_list(router, bench)

    @router.get(
        "/tips/{tip_id}",
        summary="A tip with its text and dialogue, never the identity",
        response_model=TipInFull,
    )
    async def tip(call: Called) -> Response:
        body, version = await reading.tip(bench, call)
        return answer(body, version=version)

    @router.get("/tips/{tip_id}/timeline", summary="The hash-chained history", response_model=History)
    async def timeline(call: Called) -> Response:
        return answer({"items": await reading.timeline(bench, call)})

    @router.get(
        "/tips/{tip_id}/clocks", summary="Every clock, when it is due and why", response_model=ClockList
    )
    async def clocks(call: Called) -> Response:
        return answer({"items": await reading.clock_list(bench, call)})

    return router


def _add_list(router: APIRouter, bench: Bench) -> None:
    @router.get("/tips", summary="Tips, newest first", response_model=TipList)
    async def tips(
        caller: Caller,
        paging: Paging,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80)] = None,
        status: TipState | None = None,
        category: Category | None = None,
        overdue: bool | None = None,
        assigned_to: Annotated[str | None, Query(max_length=255)] = None,
        received_from: Annotated[Moment | None, Query(alias="from")] = None,
        received_to: Annotated[Moment | None, Query(alias="to", description="Before this moment")] = None,
    ) -> Response:
        """Scope `tips:read`; only the caller's areas. `from` and `to` bound the time of receipt."""
        wanted = Filter(area, status, category, overdue, assigned_to, received_from, received_to)
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        items, more = await reading.tips(bench, caller, wanted, limit=paging.limit, after=after)
        return answer(listed(items, more))
