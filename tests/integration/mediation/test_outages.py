"""The database goes away and comes back under the application."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.mongod import RunningMongo
from services.mediation.config import MediationSettings
from services.mediation.main import create, prepare
from tests.support.tokens import Issuer
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)

# Far beyond what a call to the database may take; without a bound the driver waits for half a minute.
NOT_HUNG = 20
CASE = {
    "area": "99/99001/tdp-2",
    "dispute_type": "noise",
    "ground": "party_request",
    "parties": [{"name": "Bên A"}, {"name": "Bên B"}],
}


@pytest.fixture
def database(private_mongo: Callable[[], RunningMongo]) -> RunningMongo:
    return private_mongo()


@pytest.fixture
async def http(database: RunningMongo, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    issuer = Issuer()
    settings = MediationSettings(
        mongo_url=SecretStr(database.url_for("mediation")),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_jwks_file=issuer.write_jwks(tmp_path),
        mediation_id_secret=SecretStr("an identifier secret for tests only"),
        mediation_sealing_key=SecretStr("k1:" + "QUJD" * 10 + "QUI="),
    )
    await prepare(settings)
    app = create(settings)
    head = issuer.bearer("mediation:head", areas=("99/99001",), subject="head-1")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://mediation", headers=head
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("outage", ["kill", "freeze"])
async def test_a_call_is_refused_in_time_and_the_same_key_works_once_the_database_is_back(
    database: RunningMongo, http: httpx.AsyncClient, outage: str
) -> None:
    key, party_key = ({"Idempotency-Key": str(uuid.uuid4())} for _ in range(2))
    opened = (await http.post("/cases", json=CASE)).json()
    code = {"Authorization": f"Receipt {opened['codes'][0]['code']}"}
    parties = f"/cases/{opened['id']}/parties"
    await asyncio.to_thread(database.kill if outage == "kill" else database.freeze)
    for method, path, headers, body in (
        ("POST", "/cases", key, CASE),
        ("POST", parties, party_key, {"name": "Bên C"}),
        ("GET", "/party/case", code, None),
    ):
        async with asyncio.timeout(NOT_HUNG):
            answer = await http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 503, path
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
    assert (await http.get("/healthz")).status_code == 200
    await asyncio.to_thread(database.restart if outage == "kill" else database.thaw)

    async def taken() -> bool:
        return (await http.post("/cases", json=CASE, headers=key)).status_code == 201

    await eventually(taken, within=30)
    first, again = [await http.post("/cases", json=CASE, headers=key) for _ in range(2)]
    assert first.text == again.text
    added = [await http.post(parties, json={"name": "Bên C"}, headers=party_key) for _ in range(2)]
    assert [one.json()["party"] for one in added] == [3, 3]
