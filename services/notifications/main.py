"""The composition root of notifications: everything is made and joined here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notifications import consumers
from services.notifications.api import stream
from services.notifications.api.sse import Streams
from services.notifications.config import NotificationsSettings
from services.notifications.store.log import KEPT, MongoLog
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.following import Following
from services.notifications.usecases.log import Log
from shared.clock import Clock, SystemClock
from shared.mongo import connect, ping
from shared.web import Draining, create_app, supervised

NAME = "notifications"


def create(settings: NotificationsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    clock, draining = clock or SystemClock(), Draining()
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database)
    store = MongoLog(database)
    log = Log(store)
    consumer = consumers.consumer(
        database, store, log, bootstrap=settings.kafka_bootstrap_servers, clock=clock
    )
    cursors = Cursors(settings.notifications_id_secret.get_secret_value().encode(), KEPT)
    streams = Streams(Following(log, cursors, clock), draining, settings.stream_clients)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        try:
            async with supervised(NAME, consumer=consumer.run, log=log.run):
                yield
        finally:
            database.client.close()

    return create_app(
        name=NAME,
        settings=settings,
        parts=[stream.routes(streams, consumers.TYPES)],
        ping=lambda: ping(database),
        status={"consumer": consumer.status, "streams": streams.status},
        lifespan=lifespan,
        draining=draining,
        clock=clock,
        description="Who is told what: webhooks, streams, alerts and public feeds.",
    )


async def prepare(settings: NotificationsSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database, call_seconds=None)
    try:
        await MongoLog(database).prepare()
    finally:
        database.client.close()
