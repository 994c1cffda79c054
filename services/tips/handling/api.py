"""Officers' calls: each an explicit transition. The answer is the tip as it then is, without its contents."""

from fastapi import APIRouter
from starlette.responses import Response

from services.tips.handling import bodies, usecases
from services.tips.tip.api import Called, Nothing, TipSummary, changed
from services.tips.tip.usecases.bench import Bench


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["handling"])
    _add_first_steps(router, bench)
    _add_outcomes(router, bench)
    return router


def _add_first_steps(router: APIRouter, bench: Bench) -> None:
    @router.post("/classify", summary="Say what it is", response_model=TipSummary)
    async def classify(call: Called, body: bodies.Classify) -> Response:
        loaded = await usecases.classify(
            bench,
            call,
            classification=body.classification,
            harm=body.harm,
            dispute_type=body.dispute_type,
            pattern=body.pattern,
            category=body.category,
        )
        return changed(bench, loaded)

    @router.post("/decline", summary="Out of scope", response_model=TipSummary)
    async def decline(call: Called, body: bodies.Decline) -> Response:
        return changed(bench, await usecases.decline(bench, call, reason=body.reason, note=body.note))

    @router.post("/assign", summary="Give it to an officer", response_model=TipSummary)
    async def assign(call: Called, body: bodies.Assign) -> Response:
        return changed(bench, await usecases.assign(bench, call, to=body.to))

    @router.post("/attend", summary="Somebody reached the scene", response_model=TipSummary)
    async def attend(call: Called, body: Nothing | None = None) -> Response:
        return changed(bench, await usecases.attend(bench, call))


def _add_outcomes(router: APIRouter, bench: Bench) -> None:
    @router.post("/handover", summary="Hand over to an authority", response_model=TipSummary)
    async def handover(call: Called, body: bodies.Handover) -> Response:
        loaded = await usecases.handover(
            bench, call, authority=body.authority, receipt_no=body.receipt_no, note=body.note
        )
        return changed(bench, loaded)

    @router.post("/resolve", summary="It is settled", response_model=TipSummary)
    async def resolve(call: Called, body: bodies.Resolve | None = None) -> Response:
        return changed(bench, await usecases.resolve(bench, call, note=body.note if body else None))

    @router.post("/find-unfounded", summary="Nothing in it", response_model=TipSummary)
    async def find_unfounded(call: Called, body: bodies.FindUnfounded) -> Response:
        return changed(bench, await usecases.find_unfounded(bench, call, reason=body.reason, note=body.note))

    @router.post("/handover-result", summary="What the authority made of it", response_model=TipSummary)
    async def handover_result(call: Called, body: bodies.ReportResult) -> Response:
        loaded = await usecases.handover_result(
            bench, call, result=body.result, case_count=body.case_count, person_count=body.person_count
        )
        return changed(bench, loaded)

    @router.post("/reply", summary="Answer the reporter", response_model=TipSummary)
    async def reply(call: Called, body: bodies.Reply) -> Response:
        return changed(bench, await usecases.reply(bench, call, text=body.text))

    @router.post("/close", summary="Close it", response_model=TipSummary)
    async def close(call: Called, body: Nothing | None = None) -> Response:
        return changed(bench, await usecases.close(bench, call))
