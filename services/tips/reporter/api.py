"""The reporter's calls, by `Authorization: Receipt <code>`: never a code in an address."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.tips.dialogue.api import DialogueMessage, Message, PostedMessage, Said
from services.tips.evidence.api import BODY, AddedFile, added, pieces
from services.tips.evidence.usecases import Shelf
from services.tips.reporter import usecases
from services.tips.tip.api import Answer, BothLanguages, Nothing
from services.tips.tip.usecases.bench import Bench
from shared import logs
from shared.contracts.base import Rating as Points
from shared.contracts.base import Shape
from shared.contracts.vocabulary import Category, IdentityMode, TipState
from shared.web import IdempotencyKey, ReceiptCode, answer


class Rating(Shape):
    """1 (very bad) to 5 (very good)."""

    rating: Points


class Contest(Shape):
    reason: Said | None = None


class ReportersClock(Answer):
    clock: str
    state: Literal["not_started", "running", "met", "breached"]
    due: datetime | None
    why: BothLanguages


class JoinMediation(Answer):
    """A single-use code with which the reporter joins the mediation, and what it is for."""

    join_code: str
    what_for: BothLanguages


class LookAtIdentity(Answer):
    at: datetime
    why: BothLanguages


class ReportersIdentity(Answer):
    """`kept` is false once it was withdrawn, or its time was over. `looks` are all there ever were."""

    mode: IdentityMode
    kept: bool
    looks: list[LookAtIdentity]


class ReportersErasure(Answer):
    """`answer_by`: by when the rules want the request answered."""

    asked_at: datetime | None
    answer_by: datetime | None
    erased_at: datetime | None


class ReportersTip(Answer):
    """What a reporter sees of their tip; `may_contest_until` is null when it cannot be contested.

    `mediation` is there while the tip is referred, and null before and after.
    """

    status: TipState
    status_text: BothLanguages
    category: Category
    area: str
    received_at: datetime
    reply: str | None
    replied_at: datetime | None
    messages: list[DialogueMessage]
    clocks: list[ReportersClock]
    evidence: list[AddedFile]
    mediation: JoinMediation | None
    identity: ReportersIdentity
    erasure: ReportersErasure
    rating: int | None
    may_contest_until: datetime | None


async def typed(code: ReceiptCode) -> str:
    """The code with its marks: a header travels as Latin-1, so UTF-8 (curl) or percent-encoding (a browser)
    is undone.
    """
    try:
        return unquote(code.encode("latin-1").decode())
    except UnicodeError:
        return code


Typed = Annotated[str, Depends(typed)]


def routes(bench: Bench, shelf: Shelf) -> APIRouter:
    router = APIRouter(prefix="/reporter", tags=["reporter"])

    @router.get("/tip", summary="Status in plain words, dialogue and deadlines", response_model=ReportersTip)
    async def tip(code: Typed) -> Response:
        """Case, spaces, hyphens and missing marks in the code do not matter."""
        return answer(usecases.view(bench, await usecases.find(bench, code)))

    @router.post(
        "/messages",
        status_code=201,
        summary="Write to the officer",
        response_model=PostedMessage,
    )
    async def write(code: Typed, body: Message, idempotency_key: IdempotencyKey) -> Response:
        posted = await usecases.write(
            bench, code, text=body.text, key=idempotency_key, traceparent=logs.current_traceparent()
        )
        return answer(posted, 201)

    @router.post(
        "/attachments",
        status_code=201,
        summary="Add a file",
        response_model=AddedFile,
        openapi_extra=BODY,
    )
    async def attach(request: Request, code: Typed, idempotency_key: IdempotencyKey) -> Response:
        """At most ten of 100 MB. What a file tells of its maker (place, device, author) is removed from
        what officers see;
        of an anonymous reporter nothing else is kept. 422 `unsupported_file` and `file_not_clean` say what
        to do instead.
        """
        evidence = await usecases.add_file(
            bench,
            shelf,
            code,
            pieces=pieces(request),
            key=idempotency_key,
            traceparent=logs.current_traceparent(),
        )
        return answer(added(evidence), 201)

    @router.post(
        "/withdraw-identity",
        summary="Destroy what is kept of who you are; the report stays",
        response_model=ReportersTip,
    )
    async def withdraw_identity(code: Typed, body: Nothing | None = None) -> Response:
        """It cannot be undone. `identity.looks` lists what was seen before; 409 `no_identity` without one."""
        loaded = await usecases.withdraw_identity(bench, code, traceparent=logs.current_traceparent())
        return answer(usecases.view(bench, loaded))

    @router.post("/erasure", summary="Ask for the report to be erased", response_model=ReportersTip)
    async def ask_for_erasure(code: Typed, body: Nothing | None = None) -> Response:
        """A supervisor answers within the rule's time, once the tip is closed. Repeating it changes
        nothing."""
        loaded = await usecases.ask_for_erasure(bench, code, traceparent=logs.current_traceparent())
        return answer(usecases.view(bench, loaded))

    @router.post(
        "/rating",
        summary="How it was handled, once: 1 (very bad) to 5 (very good)",
        response_model=ReportersTip,
    )
    async def rate(code: Typed, body: Rating) -> Response:
        loaded = await usecases.rate(bench, code, rating=body.rating, traceparent=logs.current_traceparent())
        return answer(usecases.view(bench, loaded))

    @router.post(
        "/contest", summary="Ask for another officer to look again, once", response_model=ReportersTip
    )
    async def contest(code: Typed, body: Contest | None = None) -> Response:
        reason = body.reason if body else None
        loaded = await usecases.contest(bench, code, reason=reason, traceparent=logs.current_traceparent())
        return answer(usecases.view(bench, loaded))

    return router
