"""The tips application on a real MongoDB, called in-process. Kafka is away all the time: no call may need
it.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import SecretStr

from services.tips.config import TipsSettings
from services.tips.intake.submission_key import new_submission_key
from services.tips.ledger.keys import SigningKey
from services.tips.main import create, prepare
from tests.support.browser import served
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer

AREA = "99/99001/tdp-4"
EVERY_RIGHT = ("tips:read", "tips:handle", "tips:supervise", "events:read")


class MovableClock:
    """Real time plus what the test adds."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def report(**changes: Any) -> dict[str, Any]:
    return {
        "category": "theft_burglary",
        "text": "Mất xe máy trong hẻm lúc hai giờ sáng.",
        "area": AREA,
        "channel": "web",
        **changes,
    }


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@dataclass
class Desk:
    """What a test needs: the door, tokens, the clock, and the database as an operator would see it."""

    http: httpx.AsyncClient
    issuer: Issuer
    clock: MovableClock
    settings: TipsSettings
    url: str

    def officer(self, *scopes: str, areas: tuple[str, ...] = ("99/99001",), sub: str = "officer-1") -> Any:
        return self.issuer.bearer(*(scopes or EVERY_RIGHT), areas=areas, subject=sub, lifetime=400 * 86_400)

    def integration(self, sub: str = "zalo-gateway", areas: tuple[str, ...] = ("99",)) -> Any:
        return self.issuer.bearer("tips:submit", areas=areas, subject=sub, kind="integration")

    async def received(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post("/tips", json=report(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def call(self, tip_id: str, name: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {**(options.pop("by", None) or self.officer()), **options.pop("headers", {})}
        return await self.http.post(f"/tips/{tip_id}/{name}", json=body, headers=headers)

    async def walk(self, tip_id: str, *steps: tuple[str, Any]) -> None:
        for name, body in steps:
            answer = await self.call(tip_id, name, body)
            assert answer.status_code in (200, 201), (name, answer.text)

    async def document(self, tip_id: str) -> dict[str, Any]:
        """As calls write it: the marks by which the ledger finds its entries change at its own times."""
        async with self.database() as database:
            found = await database["tips"].find_one({"_id": tip_id})
        assert found is not None
        return {name: value for name, value in found.items() if name not in ("logged", "unlogged_since")}

    async def events(self, tip_id: str) -> list[dict[str, Any]]:
        """What waits for Kafka, in order."""
        return list((await self.document(tip_id))["pending"])

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Any]:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(self.url, tz_aware=True)
        try:
            yield client[self.settings.mongo_database]
        finally:
            client.close()


def open_door(app: FastAPI) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """The application, started, and a client that calls it."""

    @asynccontextmanager
    async def door() -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=app, client=("203.0.113.77", 4711))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://tips") as client,
        ):
            yield client

    return door()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def settings(fresh_database: FreshDatabase, issuer: Issuer, tmp_path: Path) -> TipsSettings:
    key_file = tmp_path / "submission.jwk"
    key_file.write_text(new_submission_key())
    return TipsSettings(
        mongo_url=SecretStr(fresh_database.url),
        mongo_database=fresh_database.name,
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_jwks_file=issuer.write_jwks(tmp_path),
        tips_id_secret=SecretStr("an identifier secret for tests only"),
        tips_receipt_secret=SecretStr("a receipt secret that is for tests only"),
        tips_sealing_key=SecretStr("k1:" + "QUJD" * 10 + "QUI="),
        tips_submission_key_file=key_file,
        tips_ledger_key=SecretStr(str(SigningKey.fresh("ledger.test/tips"))),
        tips_ledger_witness_dir=tmp_path / "witness",
    )


@pytest.fixture
async def desk(settings: TipsSettings, issuer: Issuer) -> AsyncIterator[Desk]:
    clock = MovableClock()
    await prepare(settings)
    async with open_door(create(settings, clock=clock)) as http:
        yield Desk(http, issuer, clock, settings, settings.mongo_url.get_secret_value())


@dataclass
class Ward:
    """A ward's pages: `address` is where a browser reaches them."""

    desk: Desk
    address: str


@pytest_asyncio.fixture(loop_scope="session")
async def ward(settings: TipsSettings, issuer: Issuer) -> AsyncIterator[Ward]:
    settings = settings.model_copy(update={"tips_report_area": "99/99001", "tips_duty_phone": "0291 123 456"})
    await prepare(settings)
    clock = MovableClock()
    app = create(settings, clock=clock)
    async with open_door(app) as http, served(app) as address:
        yield Ward(Desk(http, issuer, clock, settings, settings.mongo_url.get_secret_value()), address)
