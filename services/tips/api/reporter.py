"""The reporter's calls, by `Authorization: Receipt <code>`: never a code in an address."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.tips.api import bodies
from services.tips.api.shapes import PostedMessage, ReportersTip
from services.tips.usecases import reporter
from services.tips.usecases.bench import Bench
from shared import logs
from shared.web import IdempotencyKey, ReceiptCode, answer


async def typed(code: ReceiptCode) -> str:
    """The code with its marks: a header travels as Latin-1, so UTF-8 (curl) or percent-encoding (a browser)
    is undone.
    """
    try:
        return unquote(code.encode("latin-1").decode())
    except UnicodeError:
        return code


Typed = Annotated[str, Depends(typed)]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/reporter", tags=["reporter"])

    @router.get("/tip", summary="Status in plain words, dialogue and deadlines", response_model=ReportersTip)
    async def tip(code: Typed) -> Response:
        """Case, spaces, hyphens and missing marks in the code do not matter."""
        return answer(reporter.view(bench, await reporter.find(bench, code)))

    @router.post(
        "/messages",
        status_code=201,
        summary="Write to the officer",
        response_model=PostedMessage,
    )
    async def write(code: Typed, body: bodies.Message, idempotency_key: IdempotencyKey) -> Response:
        posted = await reporter.write(
            bench, code, text=body.text, key=idempotency_key, traceparent=logs.current_traceparent()
        )
        return answer(posted, 201)

    @router.post(
        "/rating",
        summary="How it was handled, once: 1 (very bad) to 5 (very good)",
        response_model=ReportersTip,
    )
    async def rate(code: Typed, body: bodies.Rating) -> Response:
        loaded = await reporter.rate(bench, code, rating=body.rating, traceparent=logs.current_traceparent())
        return answer(reporter.view(bench, loaded))

    @router.post(
        "/contest", summary="Ask for another officer to look again, once", response_model=ReportersTip
    )
    async def contest(code: Typed, body: bodies.Contest | None = None) -> Response:
        reason = body.reason if body else None
        loaded = await reporter.contest(bench, code, reason=reason, traceparent=logs.current_traceparent())
        return answer(reporter.view(bench, loaded))

    return router
