"""The composition root of notifications: everything is made and joined here."""

from fastapi import APIRouter, FastAPI

from services.notifications import consumers, webhooks
from services.notifications.api import alerts, bulletin, public, stream, subscriptions
from services.notifications.api.origins import PublicFromAnywhere
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
from shared.database_clock import DatabaseClock
from shared.mongo import Database
from shared.outbox import Outbox, Relay
from shared.service import database_of, preparing, running
from shared.web import Draining, create_app, events_routes
from shared.web.pages import Pages

NAME = "notifications"


def create(settings: NotificationsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    database, draining = database_of(settings), Draining()
    time = DatabaseClock(database)
    clock = clock or time
    store, items = MongoLog(database), PublicItems(database)
    log = Log(store)
    bootstrap = settings.kafka_bootstrap_servers
    consumer = consumers.consumer(database, store, items, log, bootstrap=bootstrap, clock=clock)
    secret = settings.notifications_id_secret.get_secret_value().encode()
    cursors, rulebook = Cursors(secret, KEPT), Rulebook(rules.load())
    following = Following(log, cursors, clock)
    streams = Streams(following, draining, settings.stream_clients)
    public_streams = Streams(following, draining, settings.public_stream_clients)
    hooks = Webhooks(database, store, log, settings, clock)
    alert_box, wishes = _alert_box(database, clock), _wishes(database, clock)
    wish_desk = SubscriptionDesk(wishes, SubscriptionStore(database), log, cursors, rulebook, secret, clock)
    relay = Relay([alert_box], bootstrap, settings.replica_id, clock=clock)
    works = {"consumer": consumer.run, "log": log.run, "relay": relay.run, **hooks.works}
    app = create_app(
        name=NAME,
        settings=settings,
        parts=[
            stream.routes(streams, consumers.TYPES),
            hooks.routes(following, consumers.TYPES),
            subscriptions.routes(wish_desk, consumers.TYPES),
            alerts.routes(AlertDesk(alert_box, AlertStore(database), secret, clock)),
            *_public_parts(database, items, public_streams, rulebook, settings, clock),
            events_routes(alert_box.journal, {}),
        ],
        time=time,
        status={
            "consumer": consumer.status,
            "relay": relay.status,
            "streams": streams.status,
            "public_streams": public_streams.status,
            **hooks.status,
        },
        lifespan=lambda: running(NAME, database, time, [alert_box, wishes, hooks], **works),
        draining=draining,
        clock=clock,
        description="Who is told what: webhooks, streams, alerts and public feeds.",
    )
    app.add_middleware(PublicFromAnywhere)
    return app


async def prepare(settings: NotificationsSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    async with preparing(settings) as database:
        await MongoLog(database).prepare()
        await webhooks.prepare(database, SystemClock())
        await _alert_box(database, SystemClock()).prepare()
        await AlertStore(database).prepare()
        await _wishes(database, SystemClock()).prepare()
        await SubscriptionStore(database).prepare()
        await PublicItems(database).prepare()


def _public_parts(
    database: Database,
    items: PublicItems,
    streams: Streams,
    rulebook: Rulebook,
    settings: NotificationsSettings,
    clock: Clock,
) -> list[APIRouter]:
    """What anybody may read: the feed and its stream, and the bulletin."""
    desk = FeedDesk(items, AlertStore(database), rulebook.zone(clock.now()))
    pages = Pages("services.notifications.pages", TEXTS)
    return [
        public.routes(desk, streams, public.Addresses(settings.public_url), clock),
        bulletin.routes(desk, pages, clock),
        pages.routes(),
    ]


def _alert_box(database: Database, clock: Clock) -> Outbox[Alert]:
    return Outbox(database, COLLECTION, codec=codec(), word=word_alert, source=SOURCE, clock=clock)


def _wishes(database: Database, clock: Clock) -> Outbox[Subscription]:
    return Outbox(database, SUBSCRIPTIONS, codec=CODEC, word=word_nothing, source=SOURCE, clock=clock)
