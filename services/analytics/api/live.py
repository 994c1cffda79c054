"""GET /live: server-sent events that say which areas' figures changed; the figures themselves are fetched."""

import asyncio
import time
from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.analytics.usecases.live import Changes, Listener, News
from shared.auth import Principal
from shared.errors import Forbidden
from shared.web import Caller, Draining

GATHER_SECONDS = 0.3  # changes that come together are told together
LONGEST_SECONDS = 15 * 60  # then the client comes again, and its token is looked at again
PING_SECONDS = 15


def routes(changes: Changes, draining: Draining) -> APIRouter:
    router = APIRouter(tags=["live"])

    @router.get(
        "/live",
        summary="Which areas' figures change, as they change",
        response_class=EventSourceResponse,
        responses={
            200: {
                "description": "Server-sent events",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    )
    async def live(caller: Caller) -> EventSourceResponse:
        """Scope `indicators:read`; only areas of the token. Events: `ready`, `changed` {figures, statistics,
        everything}.
        """
        caller.require("indicators:read")
        if not caller.areas:
            raise Forbidden("Your token names no area.")
        changes.need_room()
        return EventSourceResponse(_stream(changes, caller, draining), ping=PING_SECONDS)

    return router


async def _stream(changes: Changes, caller: Principal, draining: Draining) -> AsyncIterator[ServerSentEvent]:
    until = time.monotonic() + LONGEST_SECONDS
    with changes.listening(caller) as listener:
        yield ServerSentEvent(event="ready", data="{}", retry=2000)
        while await _has_news(listener, draining, until - time.monotonic()):
            await asyncio.sleep(GATHER_SECONDS)
            yield _event(listener.take())


async def _has_news(listener: Listener, draining: Draining, seconds: float) -> bool:
    """Waits; False when the stream is to end: its time is up, or this service is about to stop."""
    news = asyncio.ensure_future(listener.wait())
    leaving = asyncio.ensure_future(draining.wait())
    try:
        await asyncio.wait({news, leaving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return news.done() and not leaving.done()
    finally:
        news.cancel()
        leaving.cancel()


def _event(news: News) -> ServerSentEvent:
    data = {"figures": news.figures, "statistics": news.statistics, "everything": news.everything}
    return ServerSentEvent(event="changed", data=orjson.dumps(data).decode())
