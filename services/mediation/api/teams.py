"""Mediation teams and their mediators."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.mediation.api import bodies, shapes
from services.mediation.domain.team import Team
from services.mediation.usecases import teams
from services.mediation.usecases.bench import Bench
from shared.auth import Principal
from shared.logs import current_traceparent
from shared.outbox import Loaded
from shared.web import Caller, IdempotencyKey, IfMatch, Paging, answer, listed, read_cursor

TeamIdPath = Annotated[str, Path(max_length=64)]
NumberPath = Annotated[int, Path(ge=1, le=1000)]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/teams", tags=["teams"])
    _add_reading(router, bench)

    @router.post("", status_code=201, summary="Found a team", response_model=shapes.ShownTeam)
    async def found(body: bodies.NewTeam, caller: Caller, idempotency_key: IdempotencyKey) -> Response:
        """Scope `mediation:head` in the area."""
        loaded = await teams.found(
            bench,
            caller,
            area=body.area,
            name=body.name,
            minority_area=body.minority_area,
            key=idempotency_key,
            traceparent=current_traceparent(),
        )
        return _shown(bench, caller, loaded, 201)

    @router.post(
        "/{team_id}/mediators", status_code=201, summary="Add a mediator", response_model=shapes.ShownTeam
    )
    async def add_mediator(
        team_id: TeamIdPath,
        body: bodies.ElectedMediator,
        caller: Caller,
        idempotency_key: IdempotencyKey,
        if_match: IfMatch,
    ) -> Response:
        """The team's head. `lacks` in the answer says what the rules still ask for."""
        loaded = await teams.add_mediator(
            bench,
            caller,
            team_id,
            body.new(),
            key=idempotency_key,
            if_version=if_match,
            traceparent=current_traceparent(),
        )
        return _shown(bench, caller, loaded, 201)

    @router.post(
        "/{team_id}/mediators/{number}/interests",
        summary="Declare an interest",
        response_model=shapes.ShownTeam,
    )
    async def declare(
        team_id: TeamIdPath,
        number: NumberPath,
        body: bodies.DeclaredInterest,
        caller: Caller,
        if_match: IfMatch,
    ) -> Response:
        """The mediator, or the team's head for them. Who has an interest in a case or a party never serves
        in it."""
        loaded = await teams.declare(
            bench,
            caller,
            team_id,
            number,
            body.new(),
            if_version=if_match,
            traceparent=current_traceparent(),
        )
        return _shown(bench, caller, loaded, 200)

    return router


def _add_reading(router: APIRouter, bench: Bench) -> None:
    @router.get("", summary="Teams of your areas", response_model=shapes.TeamList)
    async def read(caller: Caller, paging: Paging) -> Response:
        after = None if paging.cursor is None else read_cursor(paging.cursor, str)
        items, more = await teams.listed(bench, caller, after=after, limit=paging.limit)
        return answer(listed(items, more))

    @router.get("/{team_id}", summary="A team", response_model=shapes.ShownTeam)
    async def one(team_id: TeamIdPath, caller: Caller) -> Response:
        body, version = await teams.one(bench, caller, team_id)
        return answer(body, version=version)


def _shown(bench: Bench, caller: Principal, loaded: Loaded[Team], status: int) -> Response:
    body = teams.view(bench, caller, loaded.id, loaded.version, loaded.state)
    return answer(body, status, version=loaded.version, headers={"Location": f"/teams/{loaded.id}"})
