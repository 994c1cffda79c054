"""What a party does with `Authorization: Receipt <code>`, and how a reporter joins."""

from fastapi import APIRouter
from starlette.responses import Response

from services.mediation.api import bodies, shapes
from services.mediation.usecases import party
from services.mediation.usecases.bench import Bench
from shared.logs import current_traceparent
from shared.web import IdempotencyKey, ReceiptCode, answer

PartyCase = shapes.PartyCase


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(tags=["parties"])

    @router.post(
        "/join",
        status_code=201,
        summary="A reporter joins the case of their tip",
        response_model=shapes.Joined,
    )
    async def join(body: bodies.Join, idempotency_key: IdempotencyKey) -> Response:
        """With the single-use join code of the mailbox; the facts told here are all that crosses. 404
        `join_code_unknown` also while the referral is still on its way: try again after a moment.
        """
        case_id, code = await party.join(
            bench,
            code=body.code,
            person=body.person(),
            key=idempotency_key,
            traceparent=current_traceparent(),
        )
        return answer({"case_id": case_id, "code": code}, 201)

    @router.get("/party/case", summary="The state of the case in plain words", response_model=PartyCase)
    async def case(code: ReceiptCode) -> Response:
        return answer(await party.view(bench, code))

    @router.post("/party/consent", summary="Agree to the talks, or refuse", response_model=PartyCase)
    async def consent(code: ReceiptCode, body: bodies.Answer) -> Response:
        told = await party.answer(bench, code, agrees=body.agrees, traceparent=current_traceparent())
        return answer(told)

    @router.post("/party/objection", summary="Object to the mediator", response_model=PartyCase)
    async def objection(code: ReceiptCode, body: bodies.Nothing | None = None) -> Response:
        return answer(await party.object_to_mediator(bench, code, traceparent=current_traceparent()))

    @router.post("/party/withdraw", summary="Withdraw, until there is an outcome", response_model=PartyCase)
    async def withdraw(code: ReceiptCode, body: bodies.Nothing | None = None) -> Response:
        return answer(await party.withdraw(bench, code, traceparent=current_traceparent()))

    @router.post("/party/rating", summary="How it was, once", response_model=PartyCase)
    async def rate(code: ReceiptCode, body: bodies.Rating) -> Response:
        return answer(await party.rate(bench, code, rating=body.rating, traceparent=current_traceparent()))

    return router
