"""Officers' calls: each an explicit transition. The answer is the tip as it then is, without its contents."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from services.tips.api import bodies
from services.tips.api.shapes import PostedMessage, TipSummary
from services.tips.domain.mediation import Consent, ScopeAnswers
from services.tips.domain.state import Tip
from services.tips.usecases import dialogue, handling, mediation
from services.tips.usecases.access import Command
from services.tips.usecases.bench import Bench
from services.tips.usecases.reading import summary
from shared import logs
from shared.outbox import Loaded
from shared.web import Caller, IdempotencyKey, IfMatch, answer

TipIdPath = Annotated[str, Path(max_length=64)]


async def command(tip_id: TipIdPath, caller: Caller, if_match: IfMatch) -> Command:
    return Command(tip_id, caller, if_match, logs.current_traceparent())


Called = Annotated[Command, Depends(command)]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["handling"])
    _add_first_steps(router, bench)
    _add_mediation(router, bench)
    _add_outcomes(router, bench)
    _add_links(router, bench)
    return router


def _changed(bench: Bench, loaded: Loaded[Tip]) -> Response:
    return answer(summary(loaded, bench.now()), version=loaded.version)


def _add_first_steps(router: APIRouter, bench: Bench) -> None:
    @router.post("/classify", summary="Say what it is", response_model=TipSummary)
    async def classify(call: Called, body: bodies.Classify) -> Response:
        loaded = await handling.classify(
            bench,
            call,
            classification=body.classification,
            harm=body.harm,
            dispute_type=body.dispute_type,
            pattern=body.pattern,
            category=body.category,
        )
        return _changed(bench, loaded)

    @router.post("/decline", summary="Out of scope", response_model=TipSummary)
    async def decline(call: Called, body: bodies.Decline) -> Response:
        return _changed(bench, await handling.decline(bench, call, reason=body.reason, note=body.note))

    @router.post("/assign", summary="Give it to an officer", response_model=TipSummary)
    async def assign(call: Called, body: bodies.Assign) -> Response:
        return _changed(bench, await handling.assign(bench, call, to=body.to))

    @router.post("/attend", summary="Somebody reached the scene", response_model=TipSummary)
    async def attend(call: Called, body: bodies.Nothing | None = None) -> Response:
        return _changed(bench, await handling.attend(bench, call))

    @router.post(
        "/extend", summary="Give a clock more time (scope tips:supervise)", response_model=TipSummary
    )
    async def extend(call: Called, body: bodies.Extend) -> Response:
        loaded = await handling.extend(
            bench, call, clock=body.clock, ground=body.ground, until=body.until, reason=body.reason
        )
        return _changed(bench, loaded)

    @router.post(
        "/messages",
        status_code=201,
        summary="Ask the reporter",
        response_model=PostedMessage,
    )
    async def ask(call: Called, body: bodies.Message, idempotency_key: IdempotencyKey) -> Response:
        return answer(await dialogue.ask(bench, call, text=body.text, key=idempotency_key), 201)


def _add_mediation(router: APIRouter, bench: Bench) -> None:
    @router.post(
        "/refer-to-mediation", summary="A dispute that the parties may settle", response_model=TipSummary
    )
    async def refer(call: Called, body: bodies.ReferToMediation) -> Response:
        """Only a tip classified as a dispute. `not_mediable` (409) and `out_of_mediation_scope` (422) say
        what to do instead. The reporter then finds a single-use join code at `GET /reporter/tip`.
        """
        loaded = await mediation.refer(
            bench,
            call,
            scope=ScopeAnswers(**dict(body.scope)),
            reporter_is_party=body.reporter_is_party,
            consent=None if body.consent is None else Consent(body.consent.how, body.consent.at),
        )
        return _changed(bench, loaded)


def _add_outcomes(router: APIRouter, bench: Bench) -> None:
    @router.post("/handover", summary="Hand over to an authority", response_model=TipSummary)
    async def handover(call: Called, body: bodies.Handover) -> Response:
        loaded = await handling.handover(
            bench, call, authority=body.authority, receipt_no=body.receipt_no, note=body.note
        )
        return _changed(bench, loaded)

    @router.post("/resolve", summary="It is settled", response_model=TipSummary)
    async def resolve(call: Called, body: bodies.Resolve | None = None) -> Response:
        return _changed(bench, await handling.resolve(bench, call, note=body.note if body else None))

    @router.post("/find-unfounded", summary="Nothing in it", response_model=TipSummary)
    async def find_unfounded(call: Called, body: bodies.FindUnfounded) -> Response:
        return _changed(bench, await handling.find_unfounded(bench, call, reason=body.reason, note=body.note))

    @router.post("/handover-result", summary="What the authority made of it", response_model=TipSummary)
    async def handover_result(call: Called, body: bodies.ReportResult) -> Response:
        loaded = await handling.handover_result(
            bench, call, result=body.result, case_count=body.case_count, person_count=body.person_count
        )
        return _changed(bench, loaded)

    @router.post("/reply", summary="Answer the reporter", response_model=TipSummary)
    async def reply(call: Called, body: bodies.Reply) -> Response:
        return _changed(bench, await handling.reply(bench, call, text=body.text))

    @router.post("/close", summary="Close it", response_model=TipSummary)
    async def close(call: Called, body: bodies.Nothing | None = None) -> Response:
        return _changed(bench, await handling.close(bench, call))


def _add_links(router: APIRouter, bench: Bench) -> None:
    @router.post("/link-duplicate", summary="The same incident as another tip", response_model=TipSummary)
    async def link_duplicate(call: Called, body: bodies.LinkDuplicate) -> Response:
        return _changed(bench, await handling.link_duplicate(bench, call, duplicate_of=body.duplicate_of))

    @router.post("/unlink-duplicate", summary="Not the same incident after all", response_model=TipSummary)
    async def unlink_duplicate(call: Called, body: bodies.Nothing | None = None) -> Response:
        return _changed(bench, await handling.unlink_duplicate(bench, call))
