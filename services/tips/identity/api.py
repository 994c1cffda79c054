"""`/tips/{id}/identity-requests`: asking, approving, looking."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.tips.identity import usecases
from services.tips.tip.api import Answer, Called, Note, Nothing
from services.tips.tip.domain.state import LegalBasis
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Shape
from shared.contracts.tip_submission import Reporter
from shared.contracts.vocabulary import AccessPurpose
from shared.web import IdempotencyKey, answer

Number = Annotated[int, Path(ge=1, le=10_000, description="The request's number within its tip")]


class AskForIdentity(Shape):
    """`reason` says in words why nothing less would do; it is sealed."""

    purpose: AccessPurpose
    legal_basis: LegalBasis
    reason: Note


class RequestForIdentity(Answer):
    """`pending` until `approve_until`, then lapsed; once approved `open` until `expires_at`, then expired."""

    number: int
    state: Literal["pending", "lapsed", "open", "expired"]
    purpose: AccessPurpose
    legal_basis: LegalBasis
    reason: str | None
    requested_by: str
    requested_at: datetime
    approve_until: datetime
    approved_by: str | None
    approved_at: datetime | None
    expires_at: datetime | None
    looks: list[datetime]


class RequestsForIdentity(Answer):
    items: list[RequestForIdentity]


class Identity(Answer):
    reporter: Reporter
    expires_at: datetime


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}/identity-requests", tags=["identity"])

    @router.post(
        "",
        status_code=201,
        summary="Ask to see who reported (identity:request)",
        response_model=RequestForIdentity,
    )
    async def request(call: Called, body: AskForIdentity, idempotency_key: IdempotencyKey) -> Response:
        """One request at a time for each officer (`already_requested`); `no_identity` when none is kept."""
        made = await usecases.request(
            bench,
            call,
            purpose=body.purpose,
            legal_basis=body.legal_basis,
            reason=body.reason,
            key=idempotency_key,
        )
        return answer(made, 201)

    @router.get(
        "", summary="Every request (identity:request or identity:approve)", response_model=RequestsForIdentity
    )
    async def requests(call: Called) -> Response:
        return answer({"items": await usecases.requests(bench, call)})

    @router.post(
        "/{number}/approve",
        summary="Let the officer who asked see it (identity:approve)",
        response_model=RequestForIdentity,
    )
    async def approve(call: Called, number: Number, body: Nothing | None = None) -> Response:
        """By somebody else than who asked (`author_cannot_approve`), and in time (`not_pending`)."""
        return answer(await usecases.approve(bench, call, number=number))

    @router.get("/{number}/identity", summary="Who reported (identity:request)", response_model=Identity)
    async def look(call: Called, number: Number) -> Response:
        """For who asked and nobody else, until it expires. Every look goes into the history and out as
        `identity.accessed`, and the reporter is told of it.
        """
        return answer(await usecases.look(bench, call, number=number))

    return router
