"""The application factory: what the contract asks of every service, around the routes a service brings."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI

from shared import metrics
from shared.auth import Verifier
from shared.clock import Clock, SystemClock
from shared.contracts.asyncapi import asyncapi
from shared.settings import ServiceSettings
from shared.version import VERSION
from shared.web import docs, health, problems
from shared.web.access import verifier_from
from shared.web.admission import Admission
from shared.web.context import Context
from shared.web.health import Draining, Readiness, Status, Time
from shared.web.limits import BodyLimit, Uploads

Lifespan = Callable[[], AbstractAsyncContextManager[None]]
_ISSUER_TIMEOUT_SECONDS = 2.0


def create_app(
    *,
    name: str,
    settings: ServiceSettings,
    parts: Sequence[APIRouter],
    time: Time,
    status: Mapping[str, Status] | None = None,
    lifespan: Lifespan | None = None,
    draining: Draining | None = None,
    verifier: Verifier | None = None,
    clock: Clock | None = None,
    description: str = "",
    version: str = VERSION,
    body_limit: int | None = None,
    uploads: Uploads | None = None,
) -> FastAPI:
    """The application of service `name` (`tips`).

    `parts` are its routers; `time` asks its database for the time and raises when it is away; `status` tells
    relay and consumer in the body of `/readyz`; `lifespan` opens and closes what the service holds.
    `uploads` names paths that take files. `draining`, `verifier`, `clock` and `body_limit` (bytes) default
    to what the settings say.
    """
    app = FastAPI(
        title=f"Liên Gia: {name}",
        version=version,
        description=description,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        responses=docs.RESPONSES,
        lifespan=_lifespan(settings, lifespan, verifier),
    )
    app.state.clock = clock or SystemClock()
    app.state.draining = draining or Draining()
    app.state.verifier = verifier
    problems.install(app)
    # Routes are looked through from the first: the service's own are the busy ones.
    for part in parts:
        app.include_router(part)
    readiness = Readiness(time, app.state.draining)
    app.include_router(health.routes(readiness, status or {}))
    docs.install(app, lambda: asyncapi(name))
    # The last one added is the outermost.
    limit = body_limit or settings.body_limit
    app.add_middleware(BodyLimit, limit=limit, seconds=settings.body_seconds, uploads=uploads)
    app.add_middleware(Admission, most=settings.calls_at_once)
    app.add_middleware(Context, service=name)
    metrics.BUILD_INFO.labels(name, version).set(1)
    return app


def _lifespan(
    settings: ServiceSettings, inner: Lifespan | None, verifier: Verifier | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=_ISSUER_TIMEOUT_SECONDS) as client:
            app.state.verifier = verifier or verifier_from(settings, app.state.clock, client)
            if inner is None:
                yield
            else:
                async with inner():
                    yield

    return run
