"""The composition root of analytics: settings → database → stores → HTTP, consumer, worker, relay →
lifespan.
"""

from fastapi import FastAPI

from services.analytics import consumers
from services.analytics.api import areas, dashboard, indicators, live, statistics
from services.analytics.config import AnalyticsSettings
from services.analytics.domain.statistics import Statistic
from services.analytics.outgoing import SOURCE, word_statistic
from services.analytics.pages.texts import TEXTS
from services.analytics.store import indexes
from services.analytics.store.areas import MongoAreas
from services.analytics.store.boundaries import boundary_changes
from services.analytics.store.buckets import MongoBuckets
from services.analytics.store.changes import watch
from services.analytics.store.facts import MongoFacts
from services.analytics.store.statistics import COLLECTION, MongoStatistics
from services.analytics.usecases.desk import Desk
from services.analytics.usecases.live import Changes
from services.analytics.usecases.recompute import Worker
from shared.clock import Clock, SystemClock
from shared.database_clock import DatabaseClock
from shared.mongo import Database
from shared.outbox import Outbox, Relay, StateCodec
from shared.service import database_of, preparing, running
from shared.web import Draining, create_app, events_routes
from shared.web.pages import Pages

NAME = "analytics"


def create(settings: AnalyticsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    database = database_of(settings)
    time = DatabaseClock(database)
    clock = clock or time
    outbox, buckets = _outbox(database, clock), MongoBuckets(database, clock)
    desk = Desk(buckets, MongoAreas(database), clock, boundary_changes())
    statements = MongoStatistics(database)
    worker, changes, draining = Worker(buckets), Changes(settings.live_clients), Draining()
    pages = Pages("services.analytics.pages", TEXTS)
    bootstrap = settings.kafka_bootstrap_servers
    facts = MongoFacts(database["facts"], buckets.marks)
    consumer = consumers.consumer(database, facts, worker.wake, bootstrap=bootstrap, clock=clock)
    relay = Relay([outbox], bootstrap, settings.replica_id, clock=clock)

    return create_app(
        name=NAME,
        settings=settings,
        parts=[
            indicators.routes(desk),
            statistics.routes(outbox, statements, clock),
            areas.routes(desk.areas),
            live.routes(changes, draining),
            dashboard.routes(desk, statements, pages),
            pages.routes(),
            events_routes(outbox.journal, statistics.event_intake(outbox, clock)),
        ],
        time=time,
        status={"consumer": consumer.status, "relay": relay.status, "live": changes.status},
        lifespan=lambda: running(
            NAME,
            database,
            time,
            [outbox],
            consumer=consumer.run,
            relay=relay.run,
            worker=worker.run,
            changes=lambda: watch(database, changes),
        ),
        draining=draining,
        clock=clock,
        description="Areas, computed indicators and attested statistics, each with how sure it is.",
    )


async def prepare(settings: AnalyticsSettings) -> None:
    """Create every index and seed the areas. Repeating it changes nothing."""
    async with preparing(settings) as database:
        await _outbox(database, SystemClock()).prepare()
        await indexes.prepare(database)


def _outbox(database: Database, clock: Clock) -> Outbox[Statistic]:
    return Outbox(
        database, COLLECTION, codec=StateCodec(Statistic), word=word_statistic, source=SOURCE, clock=clock
    )
