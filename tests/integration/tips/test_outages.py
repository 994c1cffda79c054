"""The database goes away and comes back under the application."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.mongod import RunningMongo
from services.tips.config import TipsSettings
from services.tips.intake.submission_key import new_submission_key
from services.tips.ledger.keys import SigningKey
from services.tips.main import create, prepare
from tests.support.system import report
from tests.support.tokens import Issuer
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)

# Far beyond what a call to the database may take; without a bound the driver waits for half a minute.
NOT_HUNG = 20


@pytest.fixture
def database(private_mongo: Callable[[], RunningMongo]) -> RunningMongo:
    return private_mongo()


@pytest.fixture
async def http(database: RunningMongo, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    key_file = tmp_path / "submission.jwk"
    key_file.write_text(new_submission_key())
    settings = TipsSettings(
        mongo_url=SecretStr(database.url_for("tips")),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_jwks_file=Issuer().write_jwks(tmp_path),
        tips_id_secret=SecretStr("an identifier secret for tests only"),
        tips_receipt_secret=SecretStr("a receipt secret that is for tests only"),
        tips_sealing_key=SecretStr("k1:" + "QUJD" * 10 + "QUI="),
        tips_submission_key_file=key_file,
        tips_ledger_key=SecretStr(str(SigningKey.fresh("ledger.test/tips"))),
        tips_ledger_witness_dir=tmp_path / "witness",
    )
    await prepare(settings)
    app = create(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://tips") as client,
    ):
        yield client


@pytest.mark.parametrize("outage", ["kill", "freeze"])
async def test_a_report_is_refused_in_time_and_the_same_key_works_once_the_database_is_back(
    database: RunningMongo, http: httpx.AsyncClient, outage: str
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    code = {"Authorization": f"Receipt {(await http.post('/tips', json=report())).json()['receipt_code']}"}
    await asyncio.to_thread(database.kill if outage == "kill" else database.freeze)
    for method, path, headers in (("POST", "/tips", key), ("GET", "/reporter/tip", code)):
        body = report() if method == "POST" else None
        async with asyncio.timeout(NOT_HUNG):
            answer = await http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
    assert (await http.get("/healthz")).status_code == 200
    await asyncio.to_thread(database.restart if outage == "kill" else database.thaw)

    async def taken() -> bool:
        return (await http.post("/tips", json=report(), headers=key)).status_code == 201

    await eventually(taken, within=30)
    first, again = [await http.post("/tips", json=report(), headers=key) for _ in range(2)]
    assert first.text == again.text
