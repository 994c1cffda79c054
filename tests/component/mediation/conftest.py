"""Mediation's door on a real MongoDB, without Kafka: events wait as pending, where tests look at them."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import SecretStr

from services.mediation.config import MediationSettings
from services.mediation.main import create, prepare
from tests.support.moving import MovableClock
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer

AREA = "99/99001/tdp-2"
WARD = "99/99001"
MEMBERS = ("hgv-01", "hgv-02", "hgv-03")


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def receipt(code: str) -> dict[str, str]:
    """What a party calls with."""
    return {"Authorization": f"Receipt {code}"}


def mediator(subject: str, **changes: Any) -> dict[str, Any]:
    body = {"subject": subject, "name": f"Hòa giải viên {subject}", "woman": True, "elected_share": 0.8}
    return {**body, **changes}


@dataclass
class Desk:
    """What a test needs: the door, tokens, the clock, and the database as an operator would see it."""

    http: httpx.AsyncClient
    issuer: Issuer
    clock: MovableClock
    settings: MediationSettings

    def token(self, *scopes: str, sub: str, areas: tuple[str, ...] = (WARD,)) -> dict[str, str]:
        return self.issuer.bearer(*scopes, areas=areas, subject=sub, lifetime=4_000 * 86_400)

    @property
    def head(self) -> dict[str, str]:
        return self.token("mediation:head", sub="head-1")

    @property
    def police(self) -> dict[str, str]:
        return self.token("mediation:read", "events:read", sub="officer-1")

    def serving(self, subject: str = "hgv-02") -> dict[str, str]:
        return self.token("mediation:handle", sub=subject)

    async def team(self, members: tuple[str, ...] = MEMBERS, **changes: Any) -> str:
        """The id of a team with these mediators."""
        body = {"area": WARD, "name": "Tổ hòa giải TDP 2", **changes}
        made = await self.http.post("/teams", json=body, headers=self.head)
        assert made.status_code == 201, made.text
        team_id = str(made.json()["id"])
        for subject in members:
            added = await self.http.post(
                f"/teams/{team_id}/mediators", json=mediator(subject), headers=self.head
            )
            assert added.status_code == 201, added.text
        return team_id

    async def opened(self, *names: str, **changes: Any) -> tuple[str, list[str]]:
        """A case with these parties: its id and their codes."""
        parties = [{"name": name} for name in names or ("Bên A", "Bên B")]
        body = {"area": AREA, "dispute_type": "boundary", "ground": "party_request", "parties": parties}
        answer = await self.http.post("/cases", json={**body, **changes}, headers=self.head)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        return told["id"], [one["code"] for one in told["codes"]]

    async def call(self, case_id: str, name: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {**(options.pop("by", None) or self.head), **options.pop("headers", {})}
        return await self.http.post(f"/cases/{case_id}/{name}", json=body, headers=headers)

    async def walk(self, case_id: str, *steps: tuple[str, Any], by: dict[str, str] | None = None) -> None:
        for name, body in steps:
            answer = await self.call(case_id, name, body, by=by)
            assert answer.status_code in (200, 201), (name, answer.text)

    async def in_session(self, mediator: int = 2) -> tuple[str, list[str]]:
        """A case whose parties have agreed and met once with `hgv-0<mediator>`."""
        team_id = await self.team()
        case_id, codes = await self.opened()
        await self.walk(
            case_id,
            ("scope-check", {"decision": "in"}),
            ("consents", {"party": 1, "agrees": True}),
            ("consents", {"party": 2, "agrees": True}),
            ("assignments", {"team_id": team_id, "mediator": mediator}),
        )
        held = {"held_at": self.clock.now().isoformat(), "attended": [1, 2], "place": "Nhà văn hóa TDP 2"}
        await self.walk(case_id, ("sessions", held), by=self.serving(MEMBERS[mediator - 1]))
        return case_id, codes

    async def document(self, case_id: str) -> dict[str, Any]:
        async with self.database() as database:
            found = await database["cases"].find_one({"_id": case_id})
        assert found is not None
        return dict(found)

    async def events(self, case_id: str) -> list[str]:
        """Names of the events that wait for Kafka, in order."""
        pending = (await self.document(case_id))["pending"]
        return [one["type"].removeprefix("liengia.mediation.").removesuffix(".v1") for one in pending]

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Any]:
        url = self.settings.mongo_url.get_secret_value()
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(url, tz_aware=True)
        try:
            yield client[self.settings.mongo_database]
        finally:
            client.close()


@asynccontextmanager
async def open_door(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The application, started, and a client that calls it."""
    transport = httpx.ASGITransport(app=app, client=("203.0.113.77", 4711))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://mediation") as client,
    ):
        yield client


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def settings(fresh_database: FreshDatabase, issuer: Issuer, tmp_path: Path) -> MediationSettings:
    return MediationSettings(
        mongo_url=SecretStr(fresh_database.url),
        mongo_database=fresh_database.name,
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_jwks_file=issuer.write_jwks(tmp_path),
        mediation_id_secret=SecretStr("an identifier secret for tests only"),
        mediation_sealing_key=SecretStr("k1:" + "QUJD" * 10 + "QUI="),
    )


@pytest.fixture
async def desk(settings: MediationSettings, issuer: Issuer) -> AsyncIterator[Desk]:
    clock = MovableClock()
    await prepare(settings)
    async with open_door(create(settings, clock=clock)) as http:
        yield Desk(http, issuer, clock, settings)
