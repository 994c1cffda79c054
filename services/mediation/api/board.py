"""The board of a team head: a page without anything on it, and its cases for a token of a head."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.mediation.pages.texts import ACTIONS, DEADLINES, STATES
from services.mediation.usecases import board
from services.mediation.usecases.bench import Bench
from shared.areas import AREA_PATTERN
from shared.dispute_words import DISPUTE_TYPES
from shared.web import Caller
from shared.web.pages import Pages
from shared.words import Language, word


def routes(bench: Bench, pages: Pages) -> APIRouter:
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/board")
    async def page(request: Request, lang: Language = "vi") -> HTMLResponse:
        return pages.page("board.html", request, lang)

    @router.get("/partials/board")
    async def cases(
        caller: Caller,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80)] = None,
        lang: Language = "vi",
    ) -> HTMLResponse:
        return pages.part("cases.html", lang, **await _shown(bench, caller, area, lang))

    return router


async def _shown(bench: Bench, caller: Caller, area: str | None, lang: Language) -> dict[str, Any]:
    columns, more = await board.board(bench, caller, area)
    cards = [card for column in columns for card in column.cards]
    return {
        "now": bench.now(),
        "columns": columns,
        "more": more,
        "total": len(cards),
        "overdue": sum(card.overdue for card in cards),
        "unassigned": sum(card.needs_mediator for card in cards),
        "states": partial(word, STATES, language=lang),
        "deadlines": partial(word, DEADLINES, language=lang),
        "actions": partial(word, ACTIONS, language=lang),
        "dispute_types": partial(word, DISPUTE_TYPES, language=lang),
    }
