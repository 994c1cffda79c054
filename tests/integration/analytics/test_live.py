"""GET /live of the running service: who hears what, and that the stream ends when the service does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.support.system import System
from tests.support.tip_events import publish, tip_event
from tests.support.waiting import eventually, in_time


class Heard:
    """Everything a stream said so far: (event, data)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []
        self.ended = False

    def ready(self) -> bool:
        return any(name == "ready" for name, _ in self.events)

    def figures(self) -> set[str]:
        return {area for name, data in self.events if name == "changed" for area in data["figures"]}

    def statistics(self) -> set[str]:
        return {area for name, data in self.events if name == "changed" for area in data["statistics"]}

    async def listen(self, url: str, headers: dict[str, str]) -> None:
        name = ""
        async with (
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=None) as client,
            client.stream("GET", "/live", headers=headers) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    self.events.append((name, json.loads(line.removeprefix("data:"))))
        self.ended = True


@asynccontextmanager
async def listening(system: System, *scopes: str, areas: tuple[str, ...]) -> AsyncIterator[Heard]:
    heard = Heard()
    headers = system.bearer("indicators:read", *scopes, areas=areas)
    task = asyncio.create_task(heard.listen(system.replicas[0].url, headers))
    try:
        await eventually(heard.ready, within=15)
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_stream_tells_of_changes_in_its_own_areas_only(system: System) -> None:
    secret = tip_event(
        "received", tip=503, area="96/96001/tdp-3", category="officer_misconduct", restricted=True
    )
    async with (
        listening(system, areas=("96/96001",)) as mine,
        listening(system, areas=("96/96002",)) as other,
        listening(system, "inspectorate", areas=("96",)) as inspector,
    ):
        await publish(
            system.kafka.bootstrap,
            [
                secret,
                tip_event("received", tip=501, area="96/96001/tdp-1"),
                tip_event("received", tip=502, area="96/96002/tdp-2"),
            ],
        )
        await eventually(lambda: {"96/96001/tdp-1", "96/96001"} <= mine.figures(), within=20)
        await eventually(lambda: "96/96002/tdp-2" in other.figures(), within=20)
        await eventually(lambda: "96/96001/tdp-3" in inspector.figures(), within=20)
        assert not any(area.startswith("96/96002") for area in mine.figures())
        assert not any(area.startswith("96/96001") for area in other.figures())
        assert "96/96001/tdp-3" not in mine.figures()


async def test_a_new_statistic_is_told(system: System) -> None:
    body = {
        "indicator": "area.households",
        "value": 1045,
        "unit": "household",
        "qualifier": "exact",
        "period": "2026",
        "area": "96/96003",
    }
    async with listening(system, areas=("96",)) as heard:
        async with httpx.AsyncClient(base_url=system.replicas[0].url, trust_env=False) as client:
            answer = await client.post("/statistics", json=body, headers=system.bearer("statistics:write"))
        assert answer.status_code == 201
        await eventually(lambda: heard.statistics() == {"96/96003"}, within=20)


async def test_without_a_token_or_scope_there_is_no_stream(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.replicas[0].url, trust_env=False) as client:
        assert (await client.get("/live")).status_code == 401
        assert (await client.get("/live", headers=system.bearer("tips:read"))).status_code == 403


async def test_a_stream_ends_when_the_service_is_told_to_stop(system: System) -> None:
    second = system.start("analytics")
    await asyncio.to_thread(second.wait_until_ready)
    heard = Heard()
    task = asyncio.create_task(heard.listen(second.url, system.bearer("indicators:read")))
    await eventually(heard.ready, within=15)
    await asyncio.to_thread(second.child.stop, 8.0)
    await in_time(task, 5)
    assert heard.ended
    assert second.child.exit_code() == 0
