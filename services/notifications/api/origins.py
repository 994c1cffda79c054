"""Pages of any origin may read the public feed and its stream, and nothing else of this service."""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.notifications.api import public

PUBLIC: Final = frozenset((public.PATH, public.STREAM))


class PublicFromAnywhere:
    """Without credentials: what is public needs none. All else stays with the pages of its own origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match", "If-Modified-Since", "Last-Event-ID"],
            expose_headers=["ETag", "Last-Modified"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        anybody = scope["type"] == "http" and scope["path"] in PUBLIC
        await (self._open if anybody else self._app)(scope, receive, send)
