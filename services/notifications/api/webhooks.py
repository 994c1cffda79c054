"""Webhooks over HTTP: who gets events posted, with which secret, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.notifications.api.webhook_bodies import NewReplay, NewWebhook
from services.notifications.api.webhook_items import as_attempt, as_item, as_replay, item, waiting_of
from services.notifications.api.webhook_shapes import (
    AttemptList,
    ReplayItem,
    WebhookItem,
    WebhookList,
    WebhookWithSecret,
)
from services.notifications.posting import checked_address
from services.notifications.usecases import replaying
from services.notifications.usecases import webhooks as usecases
from services.notifications.usecases.desk import OPERATE, SCOPE, Desk, find
from services.notifications.usecases.following import Following
from shared.auth import Principal
from shared.errors import Fault, Invalid
from shared.logs import current_traceparent
from shared.outbox import Cause
from shared.web import Caller, IdempotencyKey, IfMatch, Paging, answer, listed, read_cursor


@dataclass(frozen=True, slots=True)
class Call:
    """A call on one webhook."""

    id: str
    caller: Principal
    version: int | None

    @property
    def cause(self) -> Cause:
        return Cause(self.caller.name, current_traceparent())


async def _call(webhook_id: Annotated[str, Path(max_length=64)], caller: Caller, if_match: IfMatch) -> Call:
    return Call(webhook_id, caller, if_match)


Called = Annotated[Call, Depends(_call)]


def routes(desk: Desk, following: Following, kinds: Collection[str], *, private: bool) -> APIRouter:
    """`kinds`: the event types that come here; `private`: addresses of the inside are taken, too."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    _add_making(router, desk, kinds, private=private)
    _add_reading(router, desk)
    _add_changing(router, desk)
    _add_replaying(router, desk, following)
    return router


def _add_making(router: APIRouter, desk: Desk, kinds: Collection[str], *, private: bool) -> None:
    @router.post(
        "", summary="Have events posted to an address", status_code=201, response_model=WebhookWithSecret
    )
    async def make(body: NewWebhook, caller: Caller, key: IdempotencyKey) -> Response:
        """Scope `events:read`. Sent is what your token allows now, in the areas and of the types named, from
        now on, signed by the Standard Webhooks specification. The secret is told once.
        """
        url, origin = checked_address(body.url, private=private)
        _check_types(body.types, kinds)
        wish = usecases.Wish(url, origin, body.areas, body.types, body.restricted)
        cause = Cause(caller.name, current_traceparent())
        loaded, secret = await usecases.register(desk, wish, caller, key=key, cause=cause)
        return answer({**await item(desk, loaded, caller), "secret": secret}, 201, version=loaded.version)

    @router.post(
        "/{webhook_id}/rotate-secret",
        summary="A new secret; the one before signs for another day",
        status_code=201,
        response_model=WebhookWithSecret,
    )
    async def rotate(call: Called, key: IdempotencyKey) -> Response:
        """By its owner. For 24 hours deliveries carry both signatures. The secret is told once."""
        loaded, secret = await usecases.rotate(
            desk, call.id, call.caller, key=key, cause=call.cause, if_version=call.version
        )
        return answer(
            {**await item(desk, loaded, call.caller), "secret": secret}, 201, version=loaded.version
        )


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Your webhooks; for an operator everybody's", response_model=WebhookList)
    async def webhooks(
        caller: Caller,
        paging: Paging,
        everybody: Annotated[bool, Query(alias="all", description="Needs the scope `operate`")] = False,
    ) -> Response:
        caller.require(OPERATE if everybody else SCOPE)
        after = None if paging.cursor is None else read_cursor(paging.cursor, str)
        found = await desk.lists.listed(None if everybody else caller.name, after, paging.limit + 1)
        shown = found[: paging.limit]
        standing = await desk.readings.standing([id for id, _, _ in shown])
        items = [
            as_item(desk, id, version, state, caller, standing.get(id, (0, None)), await waiting_of(desk, id))
            for id, version, state in shown
        ]
        return answer(listed(items, shown[-1][0] if len(found) > len(shown) else None))

    @router.get("/{webhook_id}", summary="A webhook and how it stands", response_model=WebhookItem)
    async def webhook(call: Called) -> Response:
        loaded = await find(desk, call.id, call.caller)
        return answer(await item(desk, loaded, call.caller), version=loaded.version)

    @router.get(
        "/{webhook_id}/attempts", summary="What became of each post, newest first", response_model=AttemptList
    )
    async def attempts(call: Called, paging: Paging) -> Response:
        """Kept for 14 days."""
        await find(desk, call.id, call.caller)
        after = None if paging.cursor is None else read_cursor(paging.cursor, str)
        found = await desk.attempts.listed(call.id, after, paging.limit + 1)
        shown = found[: paging.limit]
        return answer(
            listed([as_attempt(one) for _, one in shown], shown[-1][0] if len(found) > len(shown) else None)
        )


def _add_changing(router: APIRouter, desk: Desk) -> None:
    @router.post("/{webhook_id}/disable", summary="Post nothing more, for now", response_model=WebhookItem)
    async def disable(call: Called) -> Response:
        """By its owner or an operator. What waits is dropped; a replay sends it after all."""
        loaded = await usecases.disable(desk, call.id, call.caller, cause=call.cause, if_version=call.version)
        return answer(await item(desk, loaded, call.caller), version=loaded.version)

    @router.post("/{webhook_id}/enable", summary="Post again, from now on", response_model=WebhookItem)
    async def enable(call: Called) -> Response:
        """By its owner. What was missed meanwhile is had by a replay."""
        loaded = await usecases.enable(desk, call.id, call.caller, cause=call.cause, if_version=call.version)
        return answer(await item(desk, loaded, call.caller), version=loaded.version)

    @router.delete("/{webhook_id}", summary="Forget address and secrets", status_code=204)
    async def remove(call: Called) -> Response:
        await usecases.remove(desk, call.id, call.caller, cause=call.cause, if_version=call.version)
        return Response(status_code=204)


def _add_replaying(router: APIRouter, desk: Desk, following: Following) -> None:
    @router.post(
        "/{webhook_id}/replay",
        summary="Post a range of events again",
        status_code=202,
        response_model=ReplayItem,
    )
    async def replay(call: Called, body: NewReplay, key: IdempotencyKey) -> Response:
        """By its owner or an operator: events that came from `from` on and before `to`, or those after a
        cursor of `/feeds/stream`. Each is posted under its `webhook-id`, whether it was posted before or not.
        """
        position = None
        if body.after is not None:
            position = (await following.start(body.after, pointer="/after")).position
        asked = replaying.Range(body.since, body.before, position)
        return answer(as_replay(await replaying.replay(desk, call.id, call.caller, asked, key=key)), 202)


def _check_types(types: Collection[str], kinds: Collection[str]) -> None:
    faults = tuple(
        Fault(f"/types/{number}", "is not a type that comes here")
        for number, one in enumerate(types)
        if one not in kinds
    )
    if faults:
        raise Invalid("The types have a fault.", faults)
