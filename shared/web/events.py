"""`GET /events` (what this service published, by its journal) and `POST /events` (CloudEvents over HTTP)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Protocol, cast

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.auth import Principal
from shared.clock import Clock
from shared.errors import Fault, Invalid, LiengiaError
from shared.events import Event, items_from_http, to_structured
from shared.web import problems
from shared.web.access import Caller, MaybeCaller
from shared.web.health import Draining

MAX_BATCH = 100
MAX_WAIT_SECONDS = 30
# Reads of one call, so that a caller who may see little cannot make it walk the whole journal.
_MAX_READS = 10

# Takes in one event for a caller (None: no token) and returns the answer's body; raises the error tree.
# Pointers of what it refuses count from the event's `data`.
Intake = Callable[[Event, Principal | None], Awaitable[Mapping[str, Any]]]


class Published(Protocol):
    """One entry of the journal."""

    @property
    def event(self) -> Event: ...


class Journal(Protocol):
    """What was published, in order per lane. `after` and the cursor given back are opaque."""

    async def read(self, after: str | None, limit: int, wait: float) -> tuple[Sequence[Published], str]:
        """At most `limit` entries after `after`, waiting up to `wait` seconds for the first.

        Raises `Invalid` for a cursor that is none of ours.
        """
        ...


class EventPage(BaseModel):
    """Events as structured CloudEvents; the next call asks `after` this cursor, also when there are none."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class TakenItem(BaseModel):
    """What became of one event of a batch: `result` where it was taken in, else `problem`."""

    id: str | None
    status: int
    result: dict[str, Any] | None = None
    problem: problems.Problem | None = None


class TakenBatch(BaseModel):
    items: list[TakenItem]


def events_routes(journal: Journal | None, intake: Mapping[str, Intake]) -> APIRouter:
    """Both routes; without a journal only `POST`, with an empty `intake` only `GET`."""
    router = APIRouter(tags=["events"])
    if journal is not None:
        _add_reading(router, journal)
    if intake:
        _add_taking(router, intake)
    return router


def visible(event: Event, caller: Principal) -> bool:
    """Whether the caller's areas cover the event and they hold the scope it may be restricted to."""
    area, restricted = event.data.get("area"), event.data.get("restricted")
    if not isinstance(area, str) or not caller.covers(area):
        return False
    return restricted is None or (isinstance(restricted, str) and caller.has(restricted))


def _add_reading(router: APIRouter, journal: Journal) -> None:
    @router.get("/events", summary="Published events, in order per aggregate", response_model=EventPage)
    async def read(
        request: Request,
        caller: Caller,
        after: Annotated[
            str | None, Query(max_length=4096, description="`next_cursor` of the call before")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for news")] = 0,
    ) -> Response:
        """Scope `events:read`. May hold fewer events than `limit`, even none: go on from `next_cursor`."""
        caller.require("events:read")
        draining = cast(Draining, request.app.state.draining)
        items, cursor = await _gather(journal, caller, after or None, limit, wait, draining)
        body = {"items": [to_structured(event) for event in items], "next_cursor": cursor}
        return Response(orjson.dumps(body), media_type="application/json")


async def _gather(
    journal: Journal, caller: Principal, after: str | None, limit: int, wait: float, draining: Draining
) -> tuple[list[Event], str | None]:
    """Visible events after `after`. The cursor passes over hidden ones: nobody is stuck before them."""
    until = time.monotonic() + wait
    found: list[Event] = []
    for _ in range(_MAX_READS):
        left = 0.0 if found or draining.begun else max(0.0, until - time.monotonic())
        asked = limit - len(found)
        answer = await _read_unless_draining(journal, after, asked, left, draining)
        if answer is None:
            break
        entries, after = answer
        found += [entry.event for entry in entries if visible(entry.event, caller)]
        if len(found) >= limit or (len(entries) < asked and (found or time.monotonic() >= until)):
            break
    return found, after


async def _read_unless_draining(
    journal: Journal, after: str | None, limit: int, wait: float, draining: Draining
) -> tuple[Sequence[Published], str] | None:
    """One read; a wait ends early (None) when the service is told to stop."""
    if wait <= 0:
        return await journal.read(after, limit, 0)
    reading = asyncio.ensure_future(journal.read(after, limit, wait))
    leaving = asyncio.ensure_future(draining.wait())
    try:
        await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return await reading if reading.done() else None
    finally:
        reading.cancel()
        leaving.cancel()


def _add_taking(router: APIRouter, intake: Mapping[str, Intake]) -> None:
    @router.post(
        "/events",
        summary="Take in CloudEvents",
        status_code=201,
        response_model=dict[str, Any],
        responses={200: {"model": TakenBatch, "description": "A batch, answered item by item"}},
        openapi_extra=_request_body(sorted(intake)),
    )
    async def take(request: Request, caller: MaybeCaller) -> Response:
        """Structured, binary or batch by content type. A batch is answered 200, item by item."""
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        binary = any(name.startswith("ce-") for name in request.headers)
        if not content_type.startswith("application/cloudevents") and not binary:
            raise HTTPException(415)
        now = cast(Clock, request.app.state.clock).now()
        items = items_from_http(dict(request.headers), await request.body(), received_at=now)
        if content_type == "application/cloudevents-batch+json":
            return await _take_batch(items, caller, intake)
        (only,) = items
        if isinstance(only, Invalid):
            raise only
        return Response(
            orjson.dumps(await _take_one(only, caller, intake)), 201, media_type="application/json"
        )


async def _take_batch(
    items: Sequence[Event | Invalid], caller: Principal | None, intake: Mapping[str, Intake]
) -> Response:
    if len(items) > MAX_BATCH:
        raise Invalid("The batch is too long.", (Fault("", f"at most {MAX_BATCH} events"),))
    answers: list[dict[str, Any]] = []
    for item in items:
        identity = item.id if isinstance(item, Event) else None
        try:
            if isinstance(item, Invalid):
                raise item
            result = await _take_one(item, caller, intake)
            answers.append({"id": identity, "status": 201, "result": result})
        except LiengiaError as error:
            problem = problems.error_as_dict(error)
            answers.append({"id": identity, "status": problem["status"], "problem": problem})
    return Response(orjson.dumps({"items": answers}), media_type="application/json")


async def _take_one(event: Event, caller: Principal | None, intake: Mapping[str, Intake]) -> dict[str, Any]:
    take = intake.get(event.type)
    if take is None:
        message = "is not a type this service takes in"
        raise Invalid("The event has a fault.", (Fault("/type", message),), code="unknown_type")
    return dict(await take(event, caller))


def _request_body(types: Sequence[str]) -> dict[str, Any]:
    event = {
        "type": "object",
        "required": ["specversion", "id", "type", "source", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "type": {"enum": list(types)},
            "id": {"type": "string"},
        },
    }
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {"schema": event},
                "application/cloudevents-batch+json": {
                    "schema": {"type": "array", "items": event, "maxItems": MAX_BATCH}
                },
                "application/json": {"schema": {"type": "object", "description": "`data`, with ce- headers"}},
            },
        }
    }
