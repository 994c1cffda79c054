"""GET /feeds/stream: everything that a token allows, as it happens, resumed exactly where it broke off."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse

from services.notifications.api.sse import DESCRIBED, Streams
from shared.errors import Fault, Forbidden, Invalid
from shared.web import Caller
from shared.web.events import visible

LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=16_384, description="The id of the last event received"),
]
After = Annotated[
    str | None,
    Query(max_length=16_384, description="The same for who cannot set the header; `begin`: all that is kept"),
]
Types = Annotated[list[str], Query(alias="type", max_length=100, description="Only these event types")]


def routes(streams: Streams, kinds: Collection[str]) -> APIRouter:
    """`kinds`: the event types that come here."""
    router = APIRouter(tags=["streams"])

    @router.get(
        "/feeds/stream",
        summary="Every event your token allows, as it happens",
        response_class=EventSourceResponse,
        responses=dict(DESCRIBED),
    )
    async def stream(
        caller: Caller,
        last_event_id: LastEventId = None,
        after: After = None,
        types: Types = [],  # noqa: B006 - FastAPI copies it
    ) -> EventSourceResponse:
        """Scope `events:read`; only the areas of the token. Each event is a structured CloudEvent, its
        `event` the type, `id` the place to resume after. Without one the stream begins now. It ends after 15
        minutes or when the service stops: connect again with the last id, to any replica. `deliverynumber`
        counts what was delivered, so that nobody need look for gaps in `sequence`.
        """
        caller.require("events:read")
        if not caller.areas:
            raise Forbidden("Your token names no area.")
        wanted = frozenset(_known(types, kinds))
        after, pointer = resume_after(last_event_id, after)
        return await streams.open(
            after,
            lambda event: (not wanted or event.type in wanted) and visible(event, caller),
            pointer=pointer,
        )

    return router


def resume_after(last_event_id: str | None, after: str | None) -> tuple[str | None, str]:
    """Where to resume, and what named it. The header wins: a browser that reconnects sends it beside the
    address it began with.
    """
    if last_event_id:
        return last_event_id, "/header/Last-Event-ID"
    return after or None, "/query/after"


def _known(types: list[str], kinds: Collection[str]) -> list[str]:
    faults = [
        Fault(f"/query/type/{number}", "is not a type that comes here")
        for number, one in enumerate(types)
        if one not in kinds
    ]
    if faults:
        raise Invalid("The types have a fault.", tuple(faults))
    return types
