"""GET /areas: public search of official units, the fictional ward and places that no longer exist."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.analytics.api.indicators import AreaQuery
from services.analytics.api.shapes import AreaList
from services.analytics.usecases.desk import Gazetteer
from shared.places import Area
from shared.web import Paging, listed, read_cursor


def as_item(area: Area) -> dict[str, Any]:
    return {
        "area": area.key,
        "name": area.name,
        "kind": area.kind,
        "parent": area.parent,
        "valid_from": area.valid_from.isoformat(),
        "rolled_up": area.rolled_up,
        "fictional": area.fictional,
        "centroid": None if area.lat is None else {"lat": area.lat, "lon": area.lon},
    }


def routes(areas: Gazetteer) -> APIRouter:
    router = APIRouter(tags=["areas"])

    @router.get("/areas", summary="Find areas by name or parent", response_model=AreaList)
    async def read(
        paging: Paging,
        q: Annotated[str, Query(max_length=100, description="Words of the name, marks and case aside")] = "",
        parent: AreaQuery = None,
    ) -> dict[str, Any]:
        """Public. `binh minh` finds Bình Minh; every word must begin a word of the name."""
        after = None if paging.cursor is None else read_cursor(paging.cursor, str)
        found = await areas.find(q, parent, after, paging.limit + 1)
        shown = found[: paging.limit]
        more = len(found) > len(shown)
        return listed([as_item(area) for area in shown], shown[-1].position if more else None)

    return router
