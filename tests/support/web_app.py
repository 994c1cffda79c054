"""A small application on the web kit, with routes that show each promise, for tests of the kit."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

from shared.auth import Principal
from shared.errors import (
    IllegalTransition,
    Invalid,
    LiengiaError,
    NotFound,
    RateLimited,
    Unavailable,
    VersionMismatch,
)
from shared.events import Event
from shared.logs import correlation_id, current_traceparent
from shared.settings import ServiceSettings
from shared.web import (
    Caller,
    Draining,
    IdempotencyKey,
    IfMatch,
    Intake,
    MaybeCaller,
    Paging,
    ReceiptCode,
    create_app,
    etag,
    events_routes,
    read_cursor,
    write_cursor,
)
from shared.web.events import Journal
from tests.support.waiting import in_time

ERRORS: Mapping[str, LiengiaError] = {
    "illegal": IllegalTransition("Not from here."),
    "missing": NotFound("There is no such thing."),
    "stale": VersionMismatch("It has changed."),
    "busy": RateLimited("Too many."),
    "away": Unavailable("The database is away.", retry_after=3),
    "plain": Invalid("That is wrong."),
}


class Place(BaseModel):
    lat: float = Field(ge=-90, le=90)


class Thing(BaseModel):
    name: str
    place: Place
    tags: dict[str, int] = {}


class Database:
    """Stands in for a database that can be away, hang, or have another time than this machine, which is
    `ahead` seconds of it."""

    def __init__(self) -> None:
        self.asked, self.away, self.hangs, self.ahead = 0, False, False, 0.0

    def off(self) -> float:
        return self.ahead

    async def ask(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("The database is away.")


def settings(jwks: Path, **more: Any) -> ServiceSettings:
    known: dict[str, Any] = {
        "port": 0,
        "mongo_url": "mongodb://127.0.0.1/",
        "mongo_database": "demo",
        "kafka_bootstrap_servers": "127.0.0.1:1",
        "auth_jwks_file": jwks,
    }
    return ServiceSettings(**{**known, **more})


def build(
    chosen: ServiceSettings,
    *,
    database: Database | None = None,
    journal: Journal | None = None,
    intake: Mapping[str, Intake] | None = None,
    draining: Draining | None = None,
) -> FastAPI:
    return create_app(
        name="demo",
        version="1.2.3",
        settings=chosen,
        parts=[_things(), events_routes(journal, intake or {})],
        time=database or Database(),
        status={"relay": lambda: {"lag": 5}},
        draining=draining,
    )


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to `app` without a network, its lifespan run."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo") as client,
    ):
        yield client


def _things() -> APIRouter:
    router = APIRouter(prefix="/things", tags=["things"])

    @router.post("", status_code=201)
    async def create(thing: Thing, key: IdempotencyKey, caller: MaybeCaller) -> dict[str, Any]:
        return {"key": key, "caller": caller.id if caller else None}

    @router.get("")
    async def things(page: Paging) -> dict[str, Any]:
        position = read_cursor(page.cursor, tuple[int, str]) if page.cursor else (0, "")
        return {"items": [position], "next_cursor": write_cursor([position[0] + 1, "ấ"])}

    @router.get("/{thing_id}")
    async def one(thing_id: int, caller: Caller, response: Response) -> dict[str, Any]:
        caller.require("things:read", "99/99001")
        response.headers["ETag"] = etag(7)
        return {"id": thing_id, "caller": caller.id}

    @router.put("/{thing_id}")
    async def change(thing_id: int, version: IfMatch) -> dict[str, Any]:
        return {"version": version}

    @router.get("/errors/{name}")
    async def fail(name: str) -> None:
        raise ERRORS[name]

    @router.get("/ids/mine")
    async def ids() -> dict[str, Any]:
        return {"correlation_id": correlation_id.get(), "traceparent": current_traceparent()}

    @router.get("/receipts/mine")
    async def mine(code: ReceiptCode) -> dict[str, str]:
        return {"code": code}

    @router.get("/pages/one")
    async def a_page() -> Response:
        return Response("<p>Xin chào</p>", media_type="text/html")

    @router.get("/slow/{seconds}")
    async def slow(seconds: float) -> dict[str, bool]:
        await asyncio.sleep(seconds)
        return {"finished": True}

    return router


class MemoryJournal:
    """A journal held in a list; its cursor is a decimal position."""

    class Entry:
        def __init__(self, event: Event) -> None:
            self.event = event

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reads = 0
        self.news = asyncio.Event()

    async def read(self, after: str | None, limit: int, wait: float) -> tuple[Sequence[Entry], str]:
        self.reads += 1
        start = int(after or 0)
        if start >= len(self.events) and wait:
            self.news.clear()
            with suppress(TimeoutError):
                await in_time(self.news.wait(), wait)
        found = self.events[start : start + limit]
        return [self.Entry(event) for event in found], str(start + len(found))

    def add(self, event: Event) -> None:
        self.events.append(event)
        self.news.set()


async def accept(event: Event, caller: Principal | None) -> dict[str, Any]:
    """An intake that refuses on demand."""
    if (name := event.data.get("error")) is not None:
        raise ERRORS[name]
    return {"took": event.id, "for": caller.id if caller else None}
