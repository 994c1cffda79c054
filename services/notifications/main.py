"""The composition root of notifications: everything is made and joined here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notifications import consumers, webhooks
from services.notifications.api import alerts, bulletin, public, stream, subscriptions
from services.notifications.api.sse import Streams
from services.notifications.config import NotificationsSettings
from services.notifications.domain.alerts import Alert
from services.notifications.domain.subscriptions import Subscription
from services.notifications.outgoing import SOURCE, word_alert, word_nothing
from services.notifications.pages.texts import TEXTS
from services.notifications.rulebook import Rulebook
from services.notifications.store.alerts import COLLECTION, AlertStore, codec
from services.notifications.store.log import KEPT, MongoLog
from services.notifications.store.public import PublicItems
from services.notifications.store.subscriptions import CODEC, SUBSCRIPTIONS, SubscriptionStore
from services.notifications.usecases.alert_desk import AlertDesk
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.feed import FeedDesk
from services.notifications.usecases.following import Following
from services.notifications.usecases.log import Log
from services.notifications.usecases.subscriptions import SubscriptionDesk
from services.notifications.webhooks import Webhooks
from shared import rules
from shared.clock import Clock, SystemClock
from shared.mongo import Database, connect, ping
from shared.outbox import Outbox, Relay
from shared.web import Draining, create_app, events_routes, supervised
from shared.web.pages import Pages

NAME = "notifications"


def create(settings: NotificationsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    clock, draining = clock or SystemClock(), Draining()
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database)
    store = MongoLog(database)
    log = Log(store)
    bootstrap = settings.kafka_bootstrap_servers
    items = PublicItems(database)
    consumer = consumers.consumer(database, store, items, log, bootstrap=bootstrap, clock=clock)
    secret = settings.notifications_id_secret.get_secret_value().encode()
    cursors = Cursors(secret, KEPT)
    following = Following(log, cursors, clock)
    streams = Streams(following, draining, settings.stream_clients)
    hooks = Webhooks(database, store, log, settings, clock)
    public_streams = Streams(following, draining, settings.public_stream_clients)
    alert_box, wishes = _alert_box(database, clock), _wishes(database, clock)
    alert_store, rulebook = AlertStore(database), Rulebook(rules.load())
    alert_desk = AlertDesk(alert_box, alert_store, secret, clock)
    wish_desk = SubscriptionDesk(wishes, SubscriptionStore(database), log, cursors, rulebook, secret, clock)
    feed_desk = FeedDesk(items, alert_store, rulebook.zone(clock.now()))
    pages = Pages("services.notifications.pages", TEXTS)
    relay = Relay([alert_box], bootstrap, settings.replica_id, clock=clock)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await asyncio.gather(alert_box.open(), wishes.open(), hooks.open())
        try:
            async with supervised(NAME, consumer=consumer.run, log=log.run, relay=relay.run, **hooks.works):
                yield
        finally:
            await asyncio.gather(alert_box.close(), wishes.close(), hooks.close())
            database.client.close()

    return create_app(
        name=NAME,
        settings=settings,
        parts=[
            stream.routes(streams, consumers.TYPES),
            hooks.routes(following, consumers.TYPES),
            alerts.routes(alert_desk),
            subscriptions.routes(wish_desk, consumers.TYPES),
            public.routes(feed_desk, public_streams, public.Addresses(settings.public_url), clock),
            bulletin.routes(feed_desk, pages, clock),
            pages.routes(),
            events_routes(alert_box.journal, {}),
        ],
        ping=lambda: ping(database),
        status={
            "consumer": consumer.status,
            "relay": relay.status,
            "streams": streams.status,
            **hooks.status,
            "public_streams": public_streams.status,
        },
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
        await webhooks.prepare(database, SystemClock())
        await _alert_box(database, SystemClock()).prepare()
        await AlertStore(database).prepare()
        await _wishes(database, SystemClock()).prepare()
        await SubscriptionStore(database).prepare()
        await PublicItems(database).prepare()
    finally:
        database.client.close()


def _alert_box(database: Database, clock: Clock) -> Outbox[Alert]:
    return Outbox(database, COLLECTION, codec=codec(), word=word_alert, source=SOURCE, clock=clock)


def _wishes(database: Database, clock: Clock) -> Outbox[Subscription]:
    return Outbox(database, SUBSCRIPTIONS, codec=CODEC, word=word_nothing, source=SOURCE, clock=clock)
