"""Notifications on a real MongoDB, without Kafka: events are handed to its own effect, record by record."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.notifications.config import NotificationsSettings
from services.notifications.consumers import logging
from services.notifications.domain.webhooks import Webhook
from services.notifications.main import create, prepare
from services.notifications.outgoing import SOURCE, word_nothing
from services.notifications.store.log import KEPT, MongoLog
from services.notifications.store.webhooks import COLLECTION
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.following import Following, Start, Told
from services.notifications.usecases.log import Log
from shared.auth import Principal
from shared.clock import Clock, SystemClock
from shared.consume.mongo_store import MongoEffects
from shared.events import Event
from shared.mongo import Database, connect
from shared.outbox import Outbox, StateCodec
from shared.sealing import Sealer
from shared.web import Draining
from shared.web.events import visible
from tests.component.notifications.sending import RING, Outside, Post
from tests.support.records import record_of
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer

SECRET = "an identifier secret for tests only"


class MovableClock:
    """Real time plus what the test adds."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def reader(*areas: str, scopes: tuple[str, ...] = ("events:read",)) -> Principal:
    return Principal("portal", "integration", frozenset(scopes), areas or ("*",))


@dataclass
class Bench:
    """The log of one replica, and what a reader of it would be told."""

    database: Database
    clock: MovableClock
    cursors: Cursors
    store: MongoLog
    log: Log
    draining: Draining = field(default_factory=Draining)
    offsets: dict[tuple[str, str, int], int] = field(default_factory=dict)

    async def deliver(
        self,
        events: Iterable[Event],
        *,
        topic: str = "tips.tip.v1",
        partition: int = 0,
        cluster: str = "cluster-1",
        offset: int | None = None,
        dies_before_raising: bool = False,
    ) -> None:
        """What the consumer does with a batch: store the rows, then raise the heads."""
        effect = logging(self.store, self.log, self.clock)
        place = (cluster, topic, partition)
        rows = []
        for number, event in enumerate(events, self.offsets.get(place, 0) if offset is None else offset):
            self.offsets[place] = number + 1
            made = effect.rows(event, record_of(event, topic, partition, number, cluster))
            rows += [{"_id": event.id, **row} for row in made]
        await MongoEffects().insert(effect.collection, rows)
        if effect.after is not None and not dies_before_raising:
            await effect.after(rows)

    async def told(self, after: str | None, caller: Principal | None = None, *, quiet: int = 1) -> list[Told]:
        """Everything a stream says until it has said nothing but signs of life `quiet` times in a row."""
        following = Following(self.log, self.cursors, self.clock, heartbeat=0.05)
        who = caller or reader()
        start: Start = await following.start(after, pointer="/query/after")
        heard: list[Told] = []
        async for one in following.follow(start, lambda event: visible(event, who), self.draining):
            heard.append(one)
            if len(heard) > quiet and all(late.event is None for late in heard[-quiet:]):
                break
        return heard

    async def ids(self, after: str | None, caller: Principal | None = None) -> list[str]:
        return [one.event.id for one in await self.told(after, caller) if one.event is not None]


@pytest.fixture
async def bench(fresh_database: FreshDatabase) -> AsyncIterator[Bench]:
    database = connect(fresh_database.url, fresh_database.name)
    store = MongoLog(database)
    await store.prepare()
    yield Bench(database, MovableClock(), Cursors(SECRET.encode(), KEPT), store, Log(store))
    database.client.close()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def settings(fresh_database: FreshDatabase, issuer: Issuer, tmp_path: Path) -> NotificationsSettings:
    return NotificationsSettings(
        mongo_url=SecretStr(fresh_database.url),
        mongo_database=fresh_database.name,
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_jwks_file=issuer.write_jwks(tmp_path),
        notifications_id_secret=SecretStr(SECRET),
        notifications_sealing_key=SecretStr("k1:" + "QUJD" * 10 + "QUI="),
        notifications_private_webhooks=True,
    )


@asynccontextmanager
async def served(settings: NotificationsSettings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """The service itself, called without a network."""
    app: Any = create(settings, clock=clock)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notifications") as client,
    ):
        yield client


@pytest.fixture
async def http(settings: NotificationsSettings) -> AsyncIterator[httpx.AsyncClient]:
    await prepare(settings)
    async with served(settings, SystemClock()) as client:
        yield client


@dataclass
class Service:
    """The running service, its log as another replica fills it, and callers."""

    http: httpx.AsyncClient
    bench: Bench
    issuer: Issuer
    settings: NotificationsSettings

    def by(
        self, *scopes: str, areas: tuple[str, ...] = ("99/99001",), subject: str = "portal"
    ) -> dict[str, str]:
        """A caller whose token outlives what the tests do to the clock."""
        return self.issuer.bearer(
            *(scopes or ("events:read",)),
            areas=areas,
            subject=subject,
            kind="integration",
            lifetime=90 * 86_400,
        )

    async def register(
        self, url: str, *, by: dict[str, str] | None = None, key: str | None = None, **body: Any
    ) -> dict[str, Any]:
        headers = {**(by or self.by()), **({"Idempotency-Key": key} if key else {})}
        answer = await self.http.post("/webhooks", json={"url": url, **body}, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def call(self, id: str, name: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {**options.pop("by", self.by()), **options.pop("headers", {})}
        return await self.http.post(f"/webhooks/{id}/{name}", json=body, headers=headers)

    async def webhook(self, id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/webhooks/{id}", headers=self.by())
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def attempts(self, id: str) -> list[dict[str, Any]]:
        """The oldest first."""
        answer = await self.http.get(f"/webhooks/{id}/attempts", headers=self.by())
        assert answer.status_code == 200, answer.text
        return list(reversed(answer.json()["items"]))


@pytest.fixture
async def service(settings: NotificationsSettings, issuer: Issuer, bench: Bench) -> AsyncIterator[Service]:
    await prepare(settings)
    async with served(settings, bench.clock) as http:
        yield Service(http, bench, issuer, settings)


@pytest.fixture
async def post(bench: Bench) -> AsyncIterator[Post]:
    outbox: Outbox[Webhook] = Outbox(
        bench.database,
        COLLECTION,
        codec=StateCodec(Webhook),
        word=word_nothing,
        source=SOURCE,
        clock=bench.clock,
    )
    await outbox.open()
    yield Post(bench, outbox, Sealer(RING), Outside())
    await outbox.close()
