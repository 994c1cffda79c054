"""The notifications application on a real MongoDB, with a clock that tests move. Kafka is away."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.notifications.config import NotificationsSettings
from services.notifications.consumers import publishing
from services.notifications.main import create, prepare
from services.notifications.store.log import KEPT, MongoLog
from services.notifications.store.public import PublicItems
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.log import Log
from services.notifications.usecases.public import PUBLIC_TYPES
from shared.consume.mongo_store import MongoEffects
from shared.events import Event
from shared.mongo import Database, connect
from tests.component.notifications.conftest import SECRET, Bench, MovableClock
from tests.support.records import record_of
from tests.support.tokens import Issuer

WARD = "99/99001"


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@dataclass
class Desk:
    """What a test needs: the door, tokens, the clock, and the database as an operator would see it."""

    app: FastAPI
    http: httpx.AsyncClient
    issuer: Issuer
    clock: MovableClock
    database: Database
    bench: Bench

    async def deliver(self, *events: Event, **place: Any) -> None:
        """What another replica's consumer does with these records."""
        effect = publishing(PublicItems(self.database), self.clock)
        rows = [
            {"_id": event.id, **row}
            for event in events
            if event.type in PUBLIC_TYPES
            for row in effect.rows(event, record_of(event))
        ]
        if rows:
            await MongoEffects().insert(effect.collection, rows)
        await self.bench.deliver(events, **place)

    async def published(self, alert_id: str) -> None:
        """What waits for Kafka went there and came back."""
        events = [
            Event(
                id=f"{alert_id}:{entry['sequence']}",
                type=entry["type"],
                source="/services/notifications",
                subject=alert_id,
                time=entry["time"],
                sequence=entry["sequence"],
                data=entry["data"],
            )
            for entry in await self.events(alert_id)
        ]
        await self.deliver(*events, topic="notifications.notice.v1")

    def author(self, sub: str = "officer-1", areas: tuple[str, ...] = (WARD,), **options: Any) -> Any:
        return self._token("notices:write", sub=sub, areas=areas, **options)

    def approver(self, sub: str = "officer-2", areas: tuple[str, ...] = (WARD,), **options: Any) -> Any:
        return self._token("notices:approve", sub=sub, areas=areas, **options)

    def officer(self, *scopes: str, sub: str = "officer-3", areas: tuple[str, ...] = (WARD,)) -> Any:
        return self._token(*scopes, sub=sub, areas=areas)

    def _token(self, *scopes: str, sub: str, areas: tuple[str, ...], **options: Any) -> Any:
        return self.issuer.bearer(*scopes, areas=areas, subject=sub, lifetime=400 * 86_400, **options)

    def later(self, **time: float) -> str:
        """A moment from now on, by the clock of the service."""
        moment: datetime = self.clock.now() + timedelta(**time)
        return moment.isoformat()

    def message(self, **changes: Any) -> dict[str, Any]:
        return {
            "severity": "severe",
            "urgency": "immediate",
            "certainty": "likely",
            "headline": {"vi": "Nước sông dâng nhanh", "en": "The river rises fast"},
            "instruction": {"vi": "Rời khỏi bờ sông ngay.", "en": "Leave the river bank now."},
            "expires_at": self.later(hours=6),
            **changes,
        }

    def alert(self, **changes: Any) -> dict[str, Any]:
        return self.message(areas=[WARD], hazard="flash_flood", category="met", **changes)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {**(options.pop("by", None) or self.author()), **options.pop("headers", {})}
        return await self.http.post(path, json={} if body is None else body, headers=headers)

    async def drafted(self, **changes: Any) -> dict[str, Any]:
        answer = await self.post("/alerts", {**self.alert(), **changes})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def approved(self, alert_id: str, **options: Any) -> dict[str, Any]:
        answer = await self.post(f"/alerts/{alert_id}/approve", by=self.approver(), **options)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def issued(self, **changes: Any) -> dict[str, Any]:
        return await self.approved((await self.drafted(**changes))["id"])

    async def events(self, alert_id: str) -> list[dict[str, Any]]:
        """What waits for Kafka, in order."""
        found = await self.database["alerts"].find_one({"_id": alert_id})
        assert found is not None
        return list(found.get("pending", []))


@pytest.fixture
async def desk(settings: NotificationsSettings, issuer: Issuer) -> AsyncIterator[Desk]:
    async with open_desk(settings, issuer) as desk:
        yield desk


@asynccontextmanager
async def open_desk(settings: NotificationsSettings, issuer: Issuer) -> AsyncIterator[Desk]:
    clock = MovableClock()
    await prepare(settings)
    app = create(settings, clock=clock)
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://notifications") as client,
    ):
        yield Desk(app, client, issuer, clock, database, _another_replica(database, clock))
    database.client.close()


def _another_replica(database: Database, clock: MovableClock) -> Bench:
    store = MongoLog(database)
    return Bench(database, clock, Cursors(SECRET.encode(), KEPT), store, Log(store))
