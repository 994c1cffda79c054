"""Cases: opened, listed, read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.mediation.api import bodies, shapes
from services.mediation.usecases import opening, reading
from services.mediation.usecases.access import Command
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.reading import Filter
from shared import logs
from shared.areas import AREA_PATTERN
from shared.contracts.base import Moment
from shared.contracts.case_vocabulary import CaseState
from shared.web import Caller, IdempotencyKey, IfMatch, Paging, answer, listed, read_cursor

CaseIdPath = Annotated[str, Path(max_length=64)]


async def command(case_id: CaseIdPath, caller: Caller, if_match: IfMatch) -> Command:
    return Command(case_id, caller, if_match, logs.current_traceparent())


Called = Annotated[Command, Depends(command)]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/cases", tags=["cases"])

    @router.post("", status_code=201, summary="Open a case", response_model=shapes.OpenedCase)
    async def open_case(body: bodies.OpenCase, caller: Caller, idempotency_key: IdempotencyKey) -> Response:
        """Scope `mediation:head`, or `mediation:handle` for a mediator. The parties' codes are told once;
        the same `Idempotency-Key` again gives them again.
        """
        opened = await opening.open_by_request(
            bench, caller, body.new(), key=idempotency_key, traceparent=logs.current_traceparent()
        )
        loaded = opened.loaded
        codes = [{"party": number, "code": code} for number, code in enumerate(opened.codes, 1)]
        told = reading.changed(bench, loaded, caller) | {"codes": codes}
        return answer(told, 201, version=loaded.version, headers={"Location": f"/cases/{loaded.id}"})

    _add_list(router, bench)

    @router.get("/{case_id}", summary="A case", response_model=shapes.CaseInFull)
    async def case(call: Called) -> Response:
        """Contents are opened for the case's head and its mediator. A case that is none of a mediator's is
        answered 404.
        """
        body, version = await reading.case(bench, call)
        return answer(body, version=version)

    @router.get("/{case_id}/logbook", summary="The hash-chained history", response_model=shapes.Logbook)
    async def logbook(call: Called) -> Response:
        return answer({"items": await reading.logbook(bench, call)})

    return router


def _add_list(router: APIRouter, bench: Bench) -> None:
    @router.get("", summary="Cases, newest first", response_model=shapes.CaseList)
    async def cases(
        caller: Caller,
        paging: Paging,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80)] = None,
        state: CaseState | None = None,
        overdue: bool | None = None,
    ) -> Response:
        """A head and a reader see their areas; a mediator the cases assigned to them. With `overdue` a page
        may hold fewer cases than `limit`: go on from `next_cursor`.
        """
        wanted = Filter(area, () if state is None else (state,), overdue)
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        items, more = await reading.cases(bench, caller, wanted, limit=paging.limit, after=after)
        return answer(listed(items, more))
