"""A sender beside receivers that hang, and what waits for them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.notifications.domain import webhooks as domain
from services.notifications.domain.attempts import Answer, Fault
from services.notifications.domain.webhooks import Reason, Secret, Terms, Webhook
from services.notifications.store.attempts import MongoAttempts
from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.store.readings import MongoReadings
from services.notifications.store.webhooks import MongoWebhooks
from services.notifications.usecases.deliveries import Item, message_id
from services.notifications.usecases.receivers import Receivers
from services.notifications.usecases.sending import Limits, Sender
from services.notifications.usecases.settling import Settling
from services.notifications.usecases.signing import new_secret
from shared.clock import to_milliseconds
from shared.outbox import Cause, Outbox
from shared.sealing import Keyring, Sealer

if TYPE_CHECKING:
    from tests.component.notifications.conftest import Bench

RING = Keyring.parse("k1:" + "QUJD" * 10 + "QUI=")


@dataclass
class Outside:
    """Receivers by their address: those in `stuck` answer nothing until they are released."""

    stuck: set[str] = field(default_factory=set)
    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.under_way[url] += 1
        self.most[url] = max(self.most[url], self.under_way[url])
        try:
            if url in self.stuck:
                await self.release.wait()
                return Answer(fault=Fault.TIMEOUT)
            self.delivered[url] += 1
            return Answer(200)
        finally:
            self.under_way[url] -= 1


@dataclass
class Post:
    """A sender with webhooks `a`, `b`, … and what waits for them."""

    bench: "Bench"
    outbox: Outbox[Webhook]
    sealer: Sealer
    outside: Outside
    disabled: list[tuple[str, Reason]] = field(default_factory=list)

    async def disable(self, webhook: str, reason: Reason) -> None:
        self.disabled.append((webhook, reason))

    async def webhook(self, name: str) -> str:
        id, now = f"whk_{name}", to_milliseconds(self.bench.clock.now())
        key = self.sealer.new_key(id)
        state = Webhook(
            owner="integration:portal",
            terms=Terms(("99",)),
            origin="https://example.org",
            key=key,
            url=self.sealer.seal(key, id, "url", name),
            secrets=(Secret("sec_1", self.sealer.seal(key, id, "sec_1", new_secret()), now),),
            created_at=now,
            since=now,
            begins={},
        )
        await self.outbox.create(id, domain.register(state), Cause("integration:portal"))
        return id

    async def wait(self, webhook: str, *events: str) -> None:
        items = [
            Item(message_id(b"for tests", webhook, event), event, "liengia.tip.received.v1", number)
            for number, event in enumerate(events, 1)
        ]
        await MongoDeliveries(self.bench.database).add(webhook, items, self.bench.clock.now())

    @asynccontextmanager
    async def sending(self, limits: Limits) -> AsyncIterator[Sender]:
        database = self.bench.database
        deliveries, attempts = MongoDeliveries(database), MongoAttempts(database)
        receivers = Receivers(MongoReadings(database), attempts, self.disable, self.bench.clock)
        sender = Sender(
            MongoWebhooks(database, self.outbox),
            receivers,
            deliveries,
            Settling(deliveries, attempts),
            post=self.outside.post,
            sealer=self.sealer,
            clock=self.bench.clock,
            limits=limits,
        )
        task = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            self.outside.release.set()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
