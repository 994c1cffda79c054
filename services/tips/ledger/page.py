"""`/ledger`: what the ledger is, for a resident, and the proof of their own report as a file to keep."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from services.tips.ledger.usecases import receipts
from services.tips.ledger.usecases.bench import Ledger
from services.tips.pages.forms import language_of, read_form
from services.tips.pages.ledger_texts import LEDGER
from services.tips.reporter import usecases as reporter
from services.tips.tip.usecases.bench import Bench
from shared.errors import Unauthorised
from shared.web import answer
from shared.web.pages import Pages
from shared.words import Language

FILE: Final = "bang-chung.json"


def routes(ledger: Ledger, bench: Bench) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    pages = Pages("services.tips.pages", LEDGER)

    async def page(request: Request, lang: Language, *, fault: bool = False) -> HTMLResponse:
        return pages.page(
            "ledger.html",
            request,
            lang,
            head=await ledger.store.head(),
            key=str(ledger.key.verifier),
            every=_minutes(ledger.every.total_seconds()),
            promised=_minutes(ledger.promised.total_seconds()),
            here=str(request.base_url).rstrip("/"),
            fault=fault,
        )

    @router.head("/ledger")
    @router.get("/ledger")
    async def explain(request: Request, lang: Language = "vi") -> HTMLResponse:
        return await page(request, lang)

    @router.post("/ledger")
    async def fetch(request: Request) -> Response:
        typed = await read_form(request)
        try:
            found = await reporter.find(bench, typed.get("code", ""))
        except Unauthorised:
            shown = await page(request, language_of(typed), fault=True)
            shown.status_code = 401
            return shown
        named = {"Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "no-store"}
        return answer(await receipts.reporters(ledger, found), headers=named)

    return router


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g}"
