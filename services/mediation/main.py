"""The composition root of mediation: everything is made and joined here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.mediation.config import MediationSettings
from shared.clock import Clock, SystemClock
from shared.mongo import connect, ping
from shared.web import create_app

NAME = "mediation"


def create(settings: MediationSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    clock = clock or SystemClock()
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        try:
            yield
        finally:
            database.client.close()

    return create_app(
        name=NAME,
        settings=settings,
        parts=[],
        ping=lambda: ping(database),
        lifespan=lifespan,
        clock=clock,
        description="Grassroots mediation: teams, cases, sessions, agreements and whether they hold.",
    )


async def prepare(settings: MediationSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database, call_seconds=None)
    try:
        await ping(database)
    finally:
        database.client.close()
