"""`POST /tips/{id}/link-duplicate` and `/unlink-duplicate`."""

from fastapi import APIRouter
from starlette.responses import Response

from services.tips.duplicates import usecases
from services.tips.tip.api import Called, Nothing, TipSummary, changed
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Shape, TipId


class LinkDuplicate(Shape):
    duplicate_of: TipId


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["duplicates"])

    @router.post("/link-duplicate", summary="The same incident as another tip", response_model=TipSummary)
    async def link_duplicate(call: Called, body: LinkDuplicate) -> Response:
        return changed(bench, await usecases.link_duplicate(bench, call, duplicate_of=body.duplicate_of))

    @router.post("/unlink-duplicate", summary="Not the same incident after all", response_model=TipSummary)
    async def unlink_duplicate(call: Called, body: Nothing | None = None) -> Response:
        return changed(bench, await usecases.unlink_duplicate(bench, call))

    return router
