"""How many calls that change something are let in, and how many of them begin at once.

A call costs most of its time before it first waits (validating, sealing). Begun all together, a thousand of
them keep the event loop for a second, and whoever is to be refused hears of it only then.
"""

import asyncio
from collections import deque

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Unavailable
from shared.web import problems

BEGIN_AT_ONCE = 8  # in one pass of the event loop: a few milliseconds
RETRY_AFTER = 1
_READING = frozenset(("GET", "HEAD", "OPTIONS"))


class Admission:
    """At most `most` calls are under way in this process; one more is answered 503 with Retry-After, unread.

    Those let in begin in turn, a few in each pass of the event loop, so that probes, reads and refusals are
    answered in between. Reading is not counted: streams last for minutes, and have limits of their own.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._under_way = 0
        self._begun = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            full = Unavailable("Too many calls are under way here.", retry_after=RETRY_AFTER)
            await problems.from_error(full)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._turn()
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._begun:
            loop.call_soon(self._next_pass)
        if self._begun < BEGIN_AT_ONCE and not self._queue:
            self._begun += 1
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append(turn)
        await turn

    def _next_pass(self) -> None:
        self._begun = 0
        while self._queue and self._begun < BEGIN_AT_ONCE:
            turn = self._queue.popleft()
            if not turn.done():  # done already: its caller was cancelled
                turn.set_result(None)
                self._begun += 1
        if self._begun:
            asyncio.get_running_loop().call_soon(self._next_pass)
