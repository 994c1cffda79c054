"""Analytics in this process on a real MongoDB, without Kafka: events are handed to its own effect."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.analytics.config import AnalyticsSettings
from services.analytics.consumers import facts
from services.analytics.main import create
from services.analytics.store.areas import MongoAreas
from services.analytics.store.buckets import MongoBuckets
from services.analytics.store.facts import MongoFacts
from services.analytics.usecases.recompute import recompute
from shared.consume.mongo_store import MongoEffects
from shared.events import Event
from shared.mongo import connect
from shared.places import FICTIONAL, LEGACY, UNITS_OF_2025, Area
from tests.support.records import record_of
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer

NOW = datetime(2026, 9, 20, 3, 0, tzinfo=UTC)
AREAS = (
    *FICTIONAL,
    *LEGACY,
    Area("98", "Tỉnh Thử Nghiệm", "province", None, UNITS_OF_2025),
    Area("98/98001", "Phường Đông Hưng", "ward", "98", UNITS_OF_2025),
    Area("98/98002", "Xã Tây Giang", "commune", "98", UNITS_OF_2025),
)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True, slots=True)
class World:
    """`http` talks to the service `app`, `buckets` is its store."""

    app: FastAPI
    http: httpx.AsyncClient
    buckets: MongoBuckets
    issuer: Issuer
    database: Any

    async def deliver(self, events: Iterable[Event]) -> None:
        """What the consumer does with a batch: store the facts, then mark their buckets."""
        effect = facts(MongoFacts(self.database["facts"], self.buckets.marks), lambda count: None)
        rows = [row for event in events for row in effect.rows(event, record_of(event))]
        await MongoEffects().insert(self.database["facts"], rows)
        assert effect.after is not None
        await effect.after(rows)

    async def settle(self) -> None:
        """Recomputes until nothing is marked."""
        while await recompute(self.buckets):
            pass

    async def count(self, events: Iterable[Event]) -> None:
        await self.deliver(events)
        await self.settle()

    async def items(
        self, *scopes: str, areas: tuple[str, ...] = ("*",), **params: Any
    ) -> list[dict[str, Any]]:
        headers = self.issuer.bearer(*(scopes or ("indicators:read",)), areas=areas)
        answer = await self.http.get("/indicators", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def value(self, indicator: str, *scopes: str, **params: Any) -> Any:
        (item,) = await self.items(*scopes, indicator=indicator, **params)
        return item["figure"]["value"]


@pytest.fixture
async def store(fresh_database: FreshDatabase) -> AsyncIterator[MongoBuckets]:
    """The store alone, with no worker running beside the test."""
    database = connect(fresh_database.url, fresh_database.name)
    yield MongoBuckets(database, FixedClock())
    database.client.close()


@pytest.fixture
async def world(fresh_database: FreshDatabase, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(fresh_database, tmp_path) as world:
        yield world


@asynccontextmanager
async def open_world(fresh_database: FreshDatabase, folder: Path) -> AsyncIterator[World]:
    """The service on a database that knows `AREAS`; its keys are written into `folder`."""
    issuer = Issuer(clock=FixedClock())
    settings = AnalyticsSettings(
        mongo_url=fresh_database.url,
        mongo_database=fresh_database.name,
        kafka_bootstrap_servers="127.0.0.1:9",
        auth_jwks_file=issuer.write_jwks(folder),
    )
    database = connect(fresh_database.url, fresh_database.name)
    await MongoAreas(database).seed(AREAS)
    app = create(settings, clock=FixedClock())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        yield World(app, http, MongoBuckets(database, FixedClock()), issuer, database)
    database.client.close()
