"""Health, readiness, documentation and the settings of the application."""

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from shared.web import Draining
from tests.support.web_app import Database, build, client_of, settings


async def test_readiness_tells_relay_and_database(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "database": "up", "clock": "right", "relay": {"lag": 5}},
    )


async def test_many_probes_ask_the_database_once(client: httpx.AsyncClient, database: Database) -> None:
    await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
    assert database.asked == 1


async def test_without_its_database_a_service_is_not_ready_but_alive(
    client: httpx.AsyncClient, database: Database
) -> None:
    database.away = True
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
    assert (await client.get("/healthz")).status_code == 200


async def test_a_database_that_hangs_is_asked_for_a_bounded_time(
    client: httpx.AsyncClient, database: Database
) -> None:
    database.hangs = True
    began = time.monotonic()
    assert (await client.get("/readyz")).status_code == 503
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize(("off", "ready"), [(29.0, True), (31.0, False), (-3600.0, False), (-29.0, True)])
async def test_a_machine_whose_clock_is_more_than_30_s_off_is_not_ready_and_says_why(
    client: httpx.AsyncClient, database: Database, off: float, ready: bool
) -> None:
    database.ahead = off
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == ((200, "ready") if ready else (503, "not_ready"))
    way = "ahead of" if off > 0 else "behind"
    why = f"this machine's clock is {abs(off):.0f} s {way} the database's"
    assert answer.json()["clock"] == ("right" if ready else why)


async def test_draining_turns_readiness_and_nothing_else(jwks: Path) -> None:
    draining = Draining()
    async with client_of(build(settings(jwks), draining=draining)) as client:
        draining.begin()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.get("/things/ids/mine")).status_code == 200
        assert (await client.get("/healthz")).status_code == 200


async def test_the_documentation_needs_nothing_from_outside(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert re.findall(r'(?:src|href)="(https?:)?//', page.text) == []
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert (await client.get(asset)).status_code == 200
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["content-security-policy"]


async def test_the_openapi_document_describes_security_and_problems(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert {"bearer", "receipt"} <= set(document["components"]["securitySchemes"])
    assert "Problem" in document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all("application/problem+json" in each["responses"]["default"]["content"] for each in operations)
    assert all(each["tags"] for each in operations)
    assert len({each["operationId"] for each in operations}) == len(operations)
    references = re.findall(r"#/components/schemas/(\w+)", (await client.get("/openapi.json")).text)
    assert set(references) <= set(document["components"]["schemas"])


async def test_a_body_over_the_limit_is_refused_announced_or_not(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    announced = await client.post("/things", content=b" " * 2049, headers=headers)

    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 1000

    unannounced = await client.post("/things", content=streamed(), headers=headers)
    for answer in (announced, unannounced):
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["connection"] == "close"


async def test_a_body_of_exactly_the_limit_passes(client: httpx.AsyncClient) -> None:
    start, end = b'{"place": {"lat": 1}, "name": "', b'"}'
    content = start + b"x" * (2048 - len(start) - len(end)) + end
    answer = await client.post("/things", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201


async def test_each_service_gives_its_own_asyncapi_document(jwks: Path) -> None:
    async with client_of(build(settings(jwks))) as client:
        answer = await client.get("/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json()["asyncapi"].startswith("3.")
