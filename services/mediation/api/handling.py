"""The team's calls on a case: each an explicit transition, answered by the case as it then is."""

from fastapi import APIRouter
from starlette.responses import Response

from services.mediation.api import bodies, shapes
from services.mediation.api.cases import Called
from services.mediation.domain.state import Case
from services.mediation.usecases import handling
from services.mediation.usecases.access import Command
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.reading import changed
from shared.errors import Fault, Invalid
from shared.outbox import Loaded
from shared.web import IdempotencyKey, answer

Summary = shapes.CaseSummary


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/cases/{case_id}", tags=["handling"])
    _add_first_steps(router, bench)
    _add_mediator(router, bench)
    _add_talks(router, bench)
    return router


def _changed(bench: Bench, call: Command, loaded: Loaded[Case]) -> Response:
    return answer(changed(bench, loaded, call.caller), version=loaded.version)


def _add_first_steps(router: APIRouter, bench: Bench) -> None:
    @router.post("/scope-check", summary="Is this one for mediation?", response_model=Summary)
    async def scope_check(call: Called, body: bodies.ScopeCheck) -> Response:
        """The team's head. `out` names the ground and may name the body that takes it instead."""
        loaded = await handling.check_scope(
            bench, call, decision=body.decision, ground=body.ground, next_body=body.next_body
        )
        return _changed(bench, call, loaded)

    @router.post("/parties", status_code=201, summary="Somebody takes part", response_model=shapes.PartyCode)
    async def parties(call: Called, body: bodies.NewParty, idempotency_key: IdempotencyKey) -> Response:
        """The team's head. The answer holds the party's code, to be handed to them; the same key again gives
        it again."""
        loaded, number, code = await handling.add_party(bench, call, body.person(), key=idempotency_key)
        return answer({"party": number, "code": code}, 201, version=loaded.version)

    @router.post("/attempts", summary="A party was tried to be reached", response_model=Summary)
    async def attempts(call: Called, body: bodies.Attempt, idempotency_key: IdempotencyKey) -> Response:
        loaded = await handling.attempt(bench, call, party=body.party, key=idempotency_key)
        return _changed(bench, call, loaded)

    @router.post("/consents", summary="What a party said", response_model=Summary)
    async def consents(call: Called, body: bodies.Consent) -> Response:
        loaded = await handling.record_consent(bench, call, party=body.party, agrees=body.agrees)
        return _changed(bench, call, loaded)


def _add_mediator(router: APIRouter, bench: Bench) -> None:
    @router.post("/assignments", summary="Name the mediator", response_model=Summary)
    async def assignments(call: Called, body: bodies.Assignment) -> Response:
        """The team's head. Nobody with an interest may serve: 409 `mediator_conflict_of_interest`."""
        loaded = await handling.assign(
            bench, call, team_id=body.team_id, mediator=body.mediator, chosen_by=body.chosen_by
        )
        return _changed(bench, call, loaded)

    @router.post("/objections", summary="A party objects to a mediator", response_model=Summary)
    async def objections(call: Called, body: bodies.Objection) -> Response:
        loaded = await handling.object_to(
            bench, call, party=body.party, team_id=body.team_id, mediator=body.mediator
        )
        return _changed(bench, call, loaded)


def _add_talks(router: APIRouter, bench: Bench) -> None:
    @router.post("/sessions", summary="A session was held", response_model=Summary)
    async def sessions(call: Called, body: bodies.HeldSession, idempotency_key: IdempotencyKey) -> Response:
        """The assigned mediator. Violence or coercion (`stopped`) ends the talks. The same key again records
        nothing and answers the case as it is now."""
        loaded = await handling.hold_session(
            bench,
            call,
            held_at=body.held_at,
            attended=tuple(dict.fromkeys(body.attended)),
            place=body.place,
            note=body.note,
            stopped=body.stopped,
            key=idempotency_key,
        )
        return _changed(bench, call, loaded)

    @router.post("/outcome", summary="How the talks ended", response_model=Summary)
    async def outcome(call: Called, body: bodies.Outcome) -> Response:
        """The assigned mediator. Terms never leave the service."""
        return _changed(bench, call, await handling.conclude(bench, call, terms=body.agreement()))

    @router.post("/withdraw", summary="A party or the mediator withdraws", response_model=Summary)
    async def withdraw(call: Called, body: bodies.Withdrawal | None = None) -> Response:
        party = None if body is None else body.party
        return _changed(bench, call, await handling.withdraw(bench, call, party=party))

    @router.post("/follow-ups", summary="Is the agreement kept?", response_model=Summary)
    async def follow_ups(call: Called, body: bodies.FollowUp) -> Response:
        """The assigned mediator. Once every term is judged the case closes."""
        judged = {one.term: one.judgement for one in body.terms}
        if len(judged) < len(body.terms):
            raise Invalid("The judgement is not clear.", (Fault("/terms", "names a term twice"),))
        return _changed(bench, call, await handling.follow_up(bench, call, judged))
