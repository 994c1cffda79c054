"""The whole of analytics on one page: settings → database → stores → HTTP, consumer, worker, relay →
lifespan.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.analytics import consumers
from services.analytics.api.areas import area_routes
from services.analytics.api.dashboard import dashboard_routes
from services.analytics.api.indicators import Desk, indicator_routes
from services.analytics.api.live import live_routes
from services.analytics.api.statistics import statistic_intake, statistic_routes
from services.analytics.config import AnalyticsSettings
from services.analytics.domain.statistics import Statistic
from services.analytics.outgoing import SOURCE, word_statistic
from services.analytics.store import indexes
from services.analytics.store.areas import MongoAreas
from services.analytics.store.buckets import MongoBuckets
from services.analytics.store.changes import watch
from services.analytics.store.statistics import COLLECTION, MongoStatistics, StatisticCodec
from services.analytics.usecases.live import Changes
from services.analytics.usecases.recompute import Worker
from shared.clock import Clock, SystemClock
from shared.mongo import Database, connect, ping
from shared.outbox import Outbox
from shared.outbox.relay import Relay
from shared.web import Draining, create_app, events_routes, supervised

VERSION = "0.1.0"


def statistics_outbox(database: Database, clock: Clock) -> Outbox[Statistic]:
    return Outbox(
        database, COLLECTION, codec=StatisticCodec(), word=word_statistic, source=SOURCE, clock=clock
    )


async def prepare(settings: AnalyticsSettings) -> int:
    """Makes the indexes and seeds the areas; returns how many areas there are. Safe to repeat."""
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database, call_seconds=None)
    try:
        await statistics_outbox(database, SystemClock()).prepare()
        return await indexes.prepare(database)
    finally:
        database.client.close()


def create(settings: AnalyticsSettings, clock: Clock | None = None) -> FastAPI:
    """The application, with everything it runs in the background tied to its lifespan."""
    clock = clock or SystemClock()
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database)
    buckets, areas, outbox = (
        MongoBuckets(database, clock),
        MongoAreas(database),
        statistics_outbox(database, clock),
    )
    worker, changes, draining = Worker(buckets), Changes(settings.live_clients), Draining()
    bootstrap = settings.kafka_bootstrap_servers
    consumer = consumers.consumer(database, buckets, worker.wake, bootstrap=bootstrap, clock=clock)
    relay = Relay([outbox], bootstrap, settings.replica_id, {})
    desk, statistics = Desk(buckets, areas, clock), MongoStatistics(database)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await outbox.open()
        async with supervised(
            "analytics",
            consumer=consumer.run,
            relay=relay.run,
            worker=worker.run,
            changes=lambda: watch(database, changes),
        ):
            yield
        await outbox.close()
        database.client.close()

    return create_app(
        name="analytics",
        version=VERSION,
        settings=settings,
        parts=[
            indicator_routes(desk),
            statistic_routes(outbox, statistics, clock),
            area_routes(areas),
            live_routes(changes, draining),
            dashboard_routes(desk, statistics),
            events_routes(outbox.journal, statistic_intake(outbox, clock)),
        ],
        ping=lambda: ping(database),
        status={"consumer": consumer.status, "relay": relay.status, "live": changes.status},
        lifespan=lifespan,
        draining=draining,
        description="Areas, computed indicators and attested statistics, each with how sure it is.",
    )
