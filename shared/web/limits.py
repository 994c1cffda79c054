"""The body limit, held while the body streams in, whether or not its length was announced."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web import problems


class BodyLimit:
    """Answers 413 to a body of more than `limit` bytes: at once when announced, else as soon as it passes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > self._limit:
            await problems.too_large()(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self._limit:
                    # Not of our own tree: the framework lets only this kind through while it reads.
                    raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)


def _announced(scope: Scope) -> int:
    """The Content-Length in bytes, or 0 when there is none that can be read (the server refuses those)."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0
