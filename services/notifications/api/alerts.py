"""Alerts over HTTP: drafted by one person, approved by another, then public."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.notifications.api.alert_bodies import Cancellation, DraftAlert, NextMessage, Nothing
from services.notifications.api.alert_shapes import AlertInFull, AlertList
from services.notifications.domain.alerts import Alert
from services.notifications.usecases import alert_reading as reading
from services.notifications.usecases import alerts
from services.notifications.usecases.alert_desk import AlertDesk
from services.notifications.usecases.alerts import Command, NewAlert
from shared import logs
from shared.areas import AREA_PATTERN
from shared.contracts.base import Moment
from shared.outbox import Loaded
from shared.web import (
    Caller,
    IdempotencyKey,
    IfMatch,
    MaybeCaller,
    Paging,
    answer,
    listed,
    read_cursor,
)

AlertIdPath = Annotated[str, Path(max_length=64)]
AreaQuery = Annotated[
    str | None, Query(pattern=AREA_PATTERN, max_length=80, description="Whatever concerns this area")
]


async def command(alert_id: AlertIdPath, caller: Caller, if_match: IfMatch, key: IdempotencyKey) -> Command:
    return Command(alert_id, caller, if_match, key, logs.current_traceparent())


Called = Annotated[Command, Depends(command)]


def routes(desk: AlertDesk) -> APIRouter:
    router = APIRouter(prefix="/alerts", tags=["alerts"])
    _add_reading(router, desk)
    _add_drafting(router, desk)
    _add_deciding(router, desk)
    return router


def _changed(desk: AlertDesk, loaded: Loaded[Alert], status: int = 200) -> Response:
    headers = {"Location": f"/alerts/{loaded.id}"} if status == 201 else None
    body = reading.in_full(loaded, desk.now(), staff=True)
    return answer(body, status, version=loaded.version, headers=headers)


def _add_reading(router: APIRouter, desk: AlertDesk) -> None:
    @router.get("", summary="Alerts, newest first", response_model=AlertList)
    async def alert_list(
        caller: MaybeCaller,
        paging: Paging,
        area: AreaQuery = None,
        current: Annotated[bool | None, Query(description="Neither cancelled nor expired")] = None,
    ) -> Response:
        """Public. Drafts too for scope `notices:write` or `notices:approve` in every area of theirs."""
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        page, more = await reading.listing(
            desk, caller, limit=paging.limit, area=area, current=current, after=after
        )
        now = desk.now()
        items = [reading.summary(one, now, staff=reading.is_staff(one.alert, caller)) for one in page]
        return answer(listed(items, more))

    @router.get("/{alert_id}", summary="An alert with its messages", response_model=AlertInFull)
    async def alert(alert_id: AlertIdPath, caller: MaybeCaller) -> Response:
        """Public once issued."""
        loaded, staff = await reading.read(desk, alert_id, caller)
        return answer(
            reading.in_full(loaded, desk.now(), staff=staff), version=loaded.version if staff else None
        )


def _add_drafting(router: APIRouter, desk: AlertDesk) -> None:
    @router.post("", status_code=201, summary="Draft an alert", response_model=AlertInFull)
    async def draft(body: DraftAlert, caller: Caller, key: IdempotencyKey) -> Response:
        """Scope `notices:write` in every area. Nobody sees it before somebody else approves it."""
        new = NewAlert(body.content(), body.areas, body.hazard, body.category, body.topic)
        loaded = await alerts.draft(
            desk,
            new,
            caller=caller,
            key=key,
            body=body.model_dump(mode="json"),
            traceparent=logs.current_traceparent(),
        )
        return _changed(desk, loaded, 201)

    @router.post("/{alert_id}/update", summary="Draft the next message", response_model=AlertInFull)
    async def update(call: Called, body: NextMessage) -> Response:
        """Scope `notices:write`. It says everything anew; areas and hazard stay."""
        return _changed(
            desk, await alerts.update(desk, call, body.content(), body=body.model_dump(mode="json"))
        )

    @router.post("/{alert_id}/cancel", summary="Draft the cancellation", response_model=AlertInFull)
    async def cancel(call: Called, body: Cancellation) -> Response:
        """Scope `notices:write`."""
        headline, instruction = body.texts()
        loaded = await alerts.cancel(
            desk, call, headline=headline, instruction=instruction, body=body.model_dump(mode="json")
        )
        return _changed(desk, loaded)


def _add_deciding(router: APIRouter, desk: AlertDesk) -> None:
    @router.post("/{alert_id}/approve", summary="Send the draft out", response_model=AlertInFull)
    async def approve(call: Called, body: Nothing | None = None) -> Response:
        """Scope `notices:approve` in every area, and not the author of this message
        (`author_cannot_approve`). Send `If-Match` to approve exactly what you read.
        """
        return _changed(desk, await alerts.approve(desk, call))

    @router.post("/{alert_id}/withdraw", summary="Drop the draft unseen", response_model=AlertInFull)
    async def withdraw(call: Called, body: Nothing | None = None) -> Response:
        """Scope `notices:write`."""
        return _changed(desk, await alerts.withdraw(desk, call))
