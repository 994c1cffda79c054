"""`POST /tips/{id}/erase`, and `GET /retention`: what was erased, what waits."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.tips.erasure import usecases
from services.tips.erasure.usecases import RetentionLookup
from services.tips.tip.api import Answer, Called, TipSummary, changed
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Moment, Shape
from shared.contracts.vocabulary import ErasureReason, TipOutcome
from shared.web import Caller, answer

_DAYS = 30


class Erase(Shape):
    """How the reporter asked: at `/reporter/erasure`, or on paper that the office keeps."""

    asked: Literal["by_code", "in_writing"]


class ErasedTips(Answer):
    outcome: TipOutcome | None
    reason: ErasureReason
    count: int


class RetentionDone(Answer):
    """`due` is what should be erased by now and is not yet; `asked` are requests of reporters that wait, of
    which `asked_late` are past the time that the rules give."""

    since: Moment
    until: Moment
    erased: list[ErasedTips]
    identities_erased: int
    due: int
    asked: int
    asked_late: int


def routes(bench: Bench, lookup: RetentionLookup) -> APIRouter:
    router = APIRouter(tags=["erasure"])

    @router.post(
        "/tips/{tip_id}/erase",
        summary="Grant a request for erasure (tips:supervise)",
        response_model=TipSummary,
    )
    async def erase(call: Called, body: Erase) -> Response:
        """A closed tip alone. Text, dialogue, identity, evidence and what the history says are destroyed with
        their keys; what is counted stays. It cannot be undone.
        """
        return changed(bench, await usecases.erase(bench, call, in_writing=body.asked == "in_writing"))

    @router.get(
        "/retention", summary="What was erased, and what waits (operate)", response_model=RetentionDone
    )
    async def retention(
        caller: Caller,
        erased_from: Annotated[Moment | None, Query(alias="from")] = None,
        erased_to: Annotated[Moment | None, Query(alias="to", description="Before this moment")] = None,
    ) -> Response:
        """By default of the last 30 days."""
        until = erased_to or bench.now()
        since = erased_from or until - timedelta(days=_DAYS)
        done = await usecases.retention(bench, lookup, caller, since=since, until=until)
        return answer({"since": since, "until": until, **asdict(done)})

    return router
