"""The public bulletin: a page for everybody, and its changing part for the page's script."""

import re
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

    @router.head("/bulletin")
    @router.get("/bulletin")
    async def page(request: Request, lang: Language = "vi", area: str = "") -> HTMLResponse:
        """People type the area here: one that is none is told on the page, beside what concerns everybody."""
        known = not area or re.fullmatch(AREA_PATTERN, area) is not None
        narrowed = area if known else ""
        shown = await bulletin(desk, lang, now=clock.now(), area=narrowed or None)
        told = {"shown": shown, "area": area, "unknown": not known, **_addresses(lang, narrowed)}
        answer = pages.page("bulletin.html", request, lang, **told)
        answer.status_code = 200 if known else 422
        return answer

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
