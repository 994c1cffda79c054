"""Everything about webhooks, made and joined for `main`."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from fastapi import APIRouter

from services.notifications.api import webhooks as api
from services.notifications.config import NotificationsSettings
from services.notifications.domain.webhooks import Webhook
from services.notifications.outgoing import SOURCE, word_nothing
from services.notifications.posting import Poster
from services.notifications.store.attempts import MongoAttempts
from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.store.log import MongoLog
from services.notifications.store.readings import MongoReadings
from services.notifications.store.webhooks import COLLECTION, MongoWebhooks
from services.notifications.usecases.desk import Desk
from services.notifications.usecases.fanout import Fanout
from services.notifications.usecases.following import Following
from services.notifications.usecases.log import Log
from services.notifications.usecases.receivers import Receivers
from services.notifications.usecases.sending import Sender
from services.notifications.usecases.settling import Settling
from services.notifications.usecases.webhooks import SERVICE, give_up
from shared import metrics
from shared.clock import Clock
from shared.key_encryption import ring_of
from shared.mongo import Database
from shared.outbox import Outbox, StateCodec
from shared.sealing import Sealer
from shared.web.health import Status
from shared.web.supervise import Work

_MEASURE_SECONDS: Final = 10.0


class Webhooks:
    """`works` are to be supervised, `status` shown in readiness; `open` before and `close` after."""

    def __init__(
        self,
        database: Database,
        store: MongoLog,
        log: Log,
        settings: NotificationsSettings,
        clock: Clock,
    ) -> None:
        outbox = _outbox(database, clock)
        sealer = Sealer(ring_of(settings.notifications_sealing_key))
        secret = settings.notifications_id_secret.get_secret_value().encode()
        registry, readings = MongoWebhooks(database, outbox), MongoReadings(database)
        deliveries, attempts = MongoDeliveries(database), MongoAttempts(database)
        self._private = settings.notifications_private_webhooks
        self._poster = Poster(private=self._private)
        self._outbox, self._deliveries, self._clock = outbox, deliveries, clock
        self._desk = Desk(
            outbox=outbox,
            lists=registry,
            readings=readings,
            deliveries=deliveries,
            attempts=attempts,
            log=log,
            span=store,
            sealer=sealer,
            secret=secret,
            clock=clock,
        )
        self._sender = Sender(
            registry,
            Receivers(readings, attempts, partial(give_up, self._desk), clock),
            deliveries,
            Settling(deliveries, attempts),
            post=self._poster.post,
            sealer=sealer,
            clock=clock,
        )
        self._fanout = Fanout(
            log, registry, readings, deliveries, secret=secret, clock=clock, wake=self._sender.wake
        )
        outbox.on_commit(self._fanout.look)

    @property
    def works(self) -> Mapping[str, Work]:
        return {"fanout": self._fanout.run, "sender": self._sender.run, "measures": self._measure}

    @property
    def status(self) -> Mapping[str, Status]:
        return {"fanout": self._fanout.status, "sender": self._sender.status}

    def routes(self, following: Following, kinds: Collection[str]) -> APIRouter:
        return api.routes(self._desk, following, kinds, private=self._private)

    async def open(self) -> None:
        await self._outbox.open()

    async def close(self) -> None:
        await self._poster.close()
        await self._outbox.close()

    async def _measure(self) -> None:
        while True:
            count, oldest = await self._deliveries.backlog()
            age = 0.0 if oldest is None else (self._clock.now() - oldest).total_seconds()
            metrics.WEBHOOK_WAITING.labels(SERVICE).set(count)
            metrics.WEBHOOK_OLDEST.labels(SERVICE).set(max(0.0, age))
            await asyncio.sleep(_MEASURE_SECONDS)


async def prepare(database: Database, clock: Clock) -> None:
    """Create every index of webhooks. Repeating it changes nothing."""
    outbox = _outbox(database, clock)
    await outbox.prepare()
    await MongoWebhooks(database, outbox).prepare()
    await MongoDeliveries(database).prepare()
    await MongoAttempts(database).prepare()


def _outbox(database: Database, clock: Clock) -> Outbox[Webhook]:
    return Outbox(
        database,
        COLLECTION,
        codec=StateCodec(Webhook),
        word=word_nothing,
        source=SOURCE,
        clock=clock,
    )
