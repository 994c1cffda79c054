"""The public bulletin: a page for everybody, and its changing part for the page's script."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.notifications.api import public
from services.notifications.usecases.bulletin import bulletin
from services.notifications.usecases.feed import FeedDesk
from services.notifications.usecases.public import PUBLIC_TYPES
from shared.areas import AREA_PATTERN
from shared.clock import Clock
from shared.web.pages import Pages
from shared.words import Language

# A form without script sends its empty fields, too.
AreaQuery = Annotated[str, Query(pattern=f"^$|{AREA_PATTERN}", max_length=80)]


def routes(desk: FeedDesk, pages: Pages, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/bulletin")
    async def page(request: Request, lang: Language = "vi", area: AreaQuery = "") -> HTMLResponse:
        shown = await bulletin(desk, lang, now=clock.now(), area=area or None)
        return pages.page("bulletin.html", request, lang, shown=shown, area=area, **_addresses(lang, area))

    @router.get("/partials/bulletin")
    async def notices(lang: Language = "vi", area: AreaQuery = "") -> HTMLResponse:
        return pages.part(
            "notices.html", lang, shown=await bulletin(desk, lang, now=clock.now(), area=area or None)
        )

    return router


def _addresses(lang: Language, area: str) -> dict[str, Any]:
    """Where the same is found in other forms: for a feed reader and for the page's script."""
    query = urlencode({"lang": lang, **({"area": area} if area else {})})
    return {
        "feed": f"{public.PATH}?{query}",
        "part": f"/partials/bulletin?{query}",
        "stream": f"/feeds/public/stream?{query}",
        "types": " ".join(sorted(PUBLIC_TYPES)),
    }
