"""How a stream is written: server-sent events, each a structured CloudEvent, with the cursor as its id."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from services.notifications.usecases.following import Admits, Following, Told
from shared.errors import Unavailable
from shared.events import Event, to_structured
from shared.web import Draining

log = logging.getLogger(__name__)

RETRY_MS: Final = 2000
_UTC: Final = orjson.OPT_UTC_Z
# A reader that takes nothing for so long is gone or too slow: its place is somebody else's.
SEND_SECONDS: Final = 30.0
DESCRIBED: Final[Mapping[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


# How an event is written. Where it raises Unavailable the stream ends, and the reader resumes before it.
Body = Callable[[Event], Awaitable[Mapping[str, Any]]]


class Streams:
    """The open streams of one kind on this replica, at most `limit`."""

    def __init__(self, following: Following, draining: Draining, limit: int) -> None:
        self._following = following
        self._draining = draining
        self._limit = limit
        self._open = 0

    async def open(
        self,
        after: str | None,
        admits: Admits,
        *,
        pointer: str,
        body: Body | None = None,
    ) -> EventSourceResponse:
        """A stream of what `admits` lets through from `after` on, each event written as `body` says, or else
        as a structured CloudEvent.

        Raises Invalid for what is no cursor, Unavailable beyond the limit and while stopping.
        """
        if self._draining.begun or self._open >= self._limit:
            raise Unavailable("Too many streams are open here.", retry_after=30)
        self._open += 1
        try:
            start = await self._following.start(after, pointer=pointer)
        except BaseException:
            self._closed()
            raise
        told = self._following.follow(start, admits, self._draining)
        return _Stream(_written(told, body or _structured), self._closed)

    def status(self) -> dict[str, int]:
        return {"open": self._open, "limit": self._limit}

    def _closed(self) -> None:
        self._open -= 1


class _Stream(EventSourceResponse):
    """Gives its place back when it ends, however it ends. Signs of life come from the stream itself."""

    def __init__(self, content: AsyncIterator[ServerSentEvent], closed: Callable[[], None]) -> None:
        super().__init__(content, ping=0, send_timeout=SEND_SECONDS)
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("a reader took nothing for too long; its stream is ended")
        finally:
            self._closed()


async def _structured(event: Event) -> Mapping[str, Any]:
    return to_structured(event)


async def _written(told: AsyncIterator[Told], body: Body) -> AsyncIterator[ServerSentEvent]:
    """A sign of life is an id without data: it moves the reader's Last-Event-ID and is no event to it."""
    retry: int | None = RETRY_MS
    with suppress(Unavailable):
        async for one in told:
            if one.event is None:
                yield ServerSentEvent(id=one.cursor, retry=retry)
            else:
                written = orjson.dumps({**await body(one.event), "deliverynumber": one.number}, option=_UTC)
                yield ServerSentEvent(written.decode(), event=one.event.type, id=one.cursor)
            retry = None
