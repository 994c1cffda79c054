"""`GET /events` shows what the caller may see and never gets stuck; `POST /events` answers item by item."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.events import Event, to_structured
from shared.web import Draining
from tests.support.tokens import Issuer
from tests.support.waiting import eventually, in_time
from tests.support.web_app import MemoryJournal, accept, build, client_of, settings

TYPE = "liengia.tip.submitted.v1"
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def published(number: int, area: str = "99/99001", **data: Any) -> Event:
    return Event(
        id=f"tip_a:{number}",
        type="liengia.tip.received.v1",
        source="/services/tips",
        subject="tip_a",
        time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        sequence=number,
        data={"area": area, "state": "received", **data},
    )


def submitted(identity: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "type": TYPE,
        "source": "/gateway",
        "subject": "s",
        "data": data,
    }


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def draining() -> Draining:
    return Draining()


@pytest.fixture
async def client(jwks: Path, journal: MemoryJournal, draining: Draining) -> AsyncIterator[httpx.AsyncClient]:
    app = build(settings(jwks), journal=journal, intake={TYPE: accept}, draining=draining)
    async with client_of(app) as client:
        yield client


async def ids(client: httpx.AsyncClient, headers: Mapping[str, str], **params: Any) -> tuple[list[str], str]:
    answer = await client.get("/events", headers=headers, params=params)
    assert answer.status_code == 200
    return [item["id"] for item in answer.json()["items"]], answer.json()["next_cursor"]


async def test_reading_needs_the_scope(client: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await client.get("/events")).status_code == 401
    assert (await client.get("/events", headers=issuer.bearer("tips:read"))).status_code == 403


async def test_events_come_as_structured_cloudevents(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer
) -> None:
    journal.add(published(1))
    answer = await client.get("/events", headers=issuer.bearer("events:read"))
    assert answer.json()["items"] == [to_structured(published(1))]


async def test_only_events_of_the_callers_areas_are_shown(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer
) -> None:
    for number, area in enumerate(("99/99001", "99/990011", "01/00004", "99/99001/tdp-4"), start=1):
        journal.add(published(number, area))
    ward = issuer.bearer("events:read", areas=["99/99001"])
    assert (await ids(client, ward))[0] == ["tip_a:1", "tip_a:4"]
    assert (await ids(client, issuer.bearer("events:read", areas=[])))[0] == []


async def test_restricted_events_are_left_out_without_the_scope(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer
) -> None:
    journal.add(published(1, restricted="inspectorate"))
    journal.add(published(2))
    journal.add(published(3, restricted=["inspectorate"]))
    assert (await ids(client, issuer.bearer("events:read")))[0] == ["tip_a:2"]
    assert (await ids(client, issuer.bearer("events:read", "inspectorate")))[0] == ["tip_a:1", "tip_a:2"]


async def test_hidden_events_fill_no_page_and_stop_nobody(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer
) -> None:
    for number in range(1, 41):
        journal.add(published(number, "99/99001" if number % 8 == 0 else "01/00004"))
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        found, cursor = await ids(client, issuer.bearer("events:read", areas=["99"]), limit=2, after=cursor)
        assert len(found) <= 2
        seen += found
    assert seen == [f"tip_a:{number}" for number in (8, 16, 24, 32, 40)]


async def test_a_caller_may_wait_for_news(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer
) -> None:
    waiting = asyncio.create_task(ids(client, issuer.bearer("events:read", areas=["99"]), wait=20))
    await eventually(lambda: journal.reads > 0)
    journal.add(published(1, "01/00004"))
    await eventually(lambda: journal.reads > 1)
    assert not waiting.done()
    journal.add(published(2))
    assert (await in_time(waiting, 5))[0] == ["tip_a:2"]


async def test_a_wait_ends_when_the_service_is_told_to_stop(
    client: httpx.AsyncClient, journal: MemoryJournal, issuer: Issuer, draining: Draining
) -> None:
    waiting = asyncio.create_task(client.get("/events?wait=25", headers=issuer.bearer("events:read")))
    await eventually(lambda: journal.reads > 0)
    draining.begin()
    answer = await in_time(waiting, 5)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next_cursor": None})


async def test_one_event_is_answered_as_the_intake_answers(client: httpx.AsyncClient, issuer: Issuer) -> None:
    structured = await client.post("/events", json=submitted("a"), headers={**STRUCTURED, **issuer.bearer()})
    assert (structured.status_code, structured.json()) == (201, {"took": "a", "for": "officer-1"})
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "b",
        "ce-type": TYPE,
        "ce-source": "/gateway",
        "ce-subject": "s",
    }
    binary = await client.post("/events", json={"x": 1}, headers=headers)
    assert (binary.status_code, binary.json()) == (201, {"took": "b", "for": None})


async def test_one_refused_event_is_a_problem(client: httpx.AsyncClient) -> None:
    refused = await client.post("/events", json=submitted("a", error="illegal"), headers=STRUCTURED)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")
    away = await client.post("/events", json=submitted("a", error="away"), headers=STRUCTURED)
    assert (away.status_code, away.headers["retry-after"]) == (503, "3")
    unknown = await client.post(
        "/events", json={**submitted("a"), "type": "liengia.x.v1"}, headers=STRUCTURED
    )
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_type")
    assert unknown.json()["errors"][0]["pointer"] == "/type"


async def test_a_batch_answers_item_by_item_in_its_order(client: httpx.AsyncClient) -> None:
    batch = [
        submitted("a"),
        submitted("b", error="missing"),
        {"id": "c"},
        {**submitted("d"), "type": "liengia.other.v1"},
        submitted("e"),
    ]
    answer = await client.post("/events", json=batch, headers=BATCH)
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert [item["status"] for item in items] == [201, 404, 422, 422, 201]
    assert [item["id"] for item in items] == ["a", "b", None, "d", "e"]
    assert items[0]["result"] == {"took": "a", "for": None}
    assert [item["problem"]["code"] for item in items[1:4]] == [
        "not_found",
        "validation_failed",
        "unknown_type",
    ]


async def test_a_batch_is_bounded(client: httpx.AsyncClient) -> None:
    answer = await client.post("/events", json=[submitted(str(n)) for n in range(101)], headers=BATCH)
    assert answer.status_code == 422


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"null", b"7", b"\xff"])
async def test_what_is_no_event_is_422(client: httpx.AsyncClient, content: bytes) -> None:
    for headers in (STRUCTURED, BATCH):
        assert (await client.post("/events", content=content, headers=headers)).status_code == 422


async def test_what_is_not_sent_as_an_event_is_415(client: httpx.AsyncClient) -> None:
    answer = await client.post("/events", json=submitted("a"))
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
