"""The limits on a body, held while it streams in: its size, announced or not, and the time it may take."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web import problems

# What of a refused body is still read before the connection is closed. Closing on unread bytes makes the
# caller's system reset the connection and throw the answer away (RFC 9112, section 9.6).
_LINGER_BYTES = 8 * 1024 * 1024
_LINGER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Uploads:
    """Paths that take files, with bounds of their own: `limit` in bytes, `seconds` for the whole body."""

    paths: re.Pattern[str]
    limit: int
    seconds: float


class BodyLimit:
    """Answers 413 to a body of more than `limit` bytes: at once when announced, else as soon as it passes.

    A body that is not complete after `seconds` is answered 408.
    """

    def __init__(self, app: ASGIApp, limit: int, seconds: float, uploads: Uploads | None = None) -> None:
        self._app = app
        self._bounds = (limit, seconds)
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit, seconds = self._bounds_of(scope)
        if _announced(scope) > limit:
            patient = _lingering(receive, send) if not _waits_for_consent(scope) else send
            await problems.too_large()(scope, receive, patient)
            return
        taken, complete = 0, False
        until = asyncio.get_running_loop().time() + seconds

        async def bounded() -> Message:
            nonlocal taken, complete
            if complete:
                return await receive()
            # Not errors of our own tree: the framework lets only this kind through while it reads.
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > limit:
                raise HTTPException(413)
            return message

        lingering = _lingering(receive, send)

        async def answering(message: Message) -> None:
            await (lingering if taken > limit else send)(message)

        await self._app(scope, bounded, answering)

    def _bounds_of(self, scope: Scope) -> tuple[int, float]:
        uploads = self._uploads
        if uploads is None or uploads.paths.fullmatch(scope["path"]) is None:
            return self._bounds
        return uploads.limit, uploads.seconds


def _lingering(receive: Receive, send: Send) -> Send:
    """A `send` that delivers the answer at once and ends it when the caller has stopped, within bounds."""

    async def linger() -> None:
        read = 0
        while read < _LINGER_BYTES:
            message = await receive()
            read += len(message.get("body", b""))
            if not message.get("more_body", False):
                return

    async def patient(message: Message) -> None:
        if message["type"] != "http.response.body" or message.get("more_body", False):
            await send(message)
            return
        await send({**message, "more_body": True})
        with suppress(TimeoutError):
            await asyncio.wait_for(linger(), _LINGER_SECONDS)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return patient


def _announced(scope: Scope) -> int:
    """The Content-Length in bytes, or 0 when there is none that can be read (the server refuses those)."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


def _waits_for_consent(scope: Scope) -> bool:
    """`Expect: 100-continue`: the caller has not sent the body, and reading would ask for it."""
    return any(name == b"expect" for name, _ in scope["headers"])
