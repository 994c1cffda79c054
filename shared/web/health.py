"""`/healthz`, `/readyz` and `/metrics`. The database, this machine's clock and draining gate readiness."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.database_clock import MOST_OFF_SECONDS
from shared.errors import LiengiaError

Status = Callable[[], Mapping[str, Any]]
_CACHED_SECONDS = 1.0
_BOUND_SECONDS = 2.0


class Time(Protocol):
    """The database's: `shared.database_clock`."""

    async def ask(self) -> None:
        """Raises a `LiengiaError` or an `OSError` when the database is away."""

    def off(self) -> float:
        """Seconds by which this machine's clock is ahead of the database's."""
        ...


class Draining:
    """Set once, on the way out. Long polls and streams wait on it so as to end in time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def begin(self) -> None:
        self._event.set()

    @property
    def begun(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()


class Readiness:
    """Asks the database at most once a second, for at most two; callers in between share the answer."""

    def __init__(self, time: Time, draining: Draining) -> None:
        self._time = time
        self._draining = draining
        self._lock = asyncio.Lock()
        self._asked = float("-inf")
        self._up = False

    async def database_up(self) -> bool:
        async with self._lock:
            if time.monotonic() - self._asked >= _CACHED_SECONDS:
                self._up = await self._ask()
                self._asked = time.monotonic()
            return self._up

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(_BOUND_SECONDS):
                await self._time.ask()
        except (LiengiaError, OSError):  # TimeoutError is an OSError
            return False
        return True

    async def report(self, status: Mapping[str, Status]) -> tuple[bool, dict[str, Any]]:
        """Whether to send work here, and the body that says why."""
        up = await self.database_up()
        clock = self._clock()
        ready = up and clock == "right" and not self._draining.begun
        word = "draining" if self._draining.begun else "ready" if ready else "not_ready"
        return ready, {
            "status": word,
            "database": "up" if up else "down",
            "clock": clock,
            **{name: dict(tell()) for name, tell in status.items()},
        }

    def _clock(self) -> str:
        """In words for an operator."""
        off = self._time.off()
        if abs(off) <= MOST_OFF_SECONDS:
            return "right"
        return (
            f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the database's"
        )


def routes(readiness: Readiness, status: Mapping[str, Status]) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz", summary="The event loop is alive")
    async def healthz() -> Response:
        return Response(b'{"status":"alive"}', media_type="application/json")

    @router.head("/readyz", include_in_schema=False)
    @router.get("/readyz", summary="Send work here, or not")
    async def readyz() -> Response:
        ready, body = await readiness.report(status)
        headers = {} if ready else {"Retry-After": "1"}
        return Response(
            orjson.dumps(body, default=str),
            200 if ready else 503,
            headers=headers,
            media_type="application/json",
        )

    @router.head("/metrics", include_in_schema=False)
    @router.get("/metrics", summary="Prometheus metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
