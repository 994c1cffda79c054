"""A flood of calls: as many as are let in go on, the rest hears no at once, and probes do not wait."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.admission import BEGIN_AT_ONCE, Admission


class Work:
    """An application whose calls wait until `end` is set; `begun` are their paths, in order."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.begun: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        if scope["method"] == "POST":
            await self.end.wait()
        await Response(status_code=204)(scope, receive, send)


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service")


async def passes(until: Callable[[], bool]) -> int:
    """How many passes of the event loop it takes until that is so."""
    for number in range(1000):
        if until():
            return number
        await asyncio.sleep(0)
    raise AssertionError("not so after a thousand passes")


async def test_a_call_too_many_is_refused_at_once_with_a_time_to_come_back() -> None:
    work = Work()
    async with client(Admission(work, most=20)) as http:
        admitted = [asyncio.create_task(http.post(f"/{number}")) for number in range(20)]
        await passes(lambda: len(work.begun) == 20)
        refused = await http.post("/one-too-many")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["code"] == "unavailable"
        assert "/one-too-many" not in work.begun
        work.end.set()
        assert [answer.status_code for answer in await asyncio.gather(*admitted)] == [204] * 20
        assert (await http.post("/again")).status_code == 204


async def test_reading_goes_on_while_nothing_more_is_let_in() -> None:
    work = Work()
    async with client(Admission(work, most=1)) as http:
        admitted = asyncio.create_task(http.post("/slow"))
        await passes(lambda: work.begun == ["/slow"])
        assert (await http.get("/readyz")).status_code == 204
        work.end.set()
        await admitted


async def test_calls_that_come_together_begin_a_few_at_a_time_and_in_their_order() -> None:
    work = Work()
    seen: list[int] = []

    async def look() -> None:
        while len(work.begun) < 100:
            seen.append(len(work.begun))
            await asyncio.sleep(0)

    gate = Admission(work, most=200)
    calls = [asyncio.create_task(_bare(gate, f"/{number}")) for number in range(100)]
    await look()
    steps = [after - before for before, after in pairwise(seen)]
    assert max(steps) <= BEGIN_AT_ONCE
    assert work.begun == [f"/{number}" for number in range(100)]
    work.end.set()
    await asyncio.gather(*calls)


async def test_a_caller_who_gives_up_while_waiting_leaves_no_place_taken() -> None:
    work = Work()
    gate = Admission(work, most=50)
    calls = [asyncio.create_task(_bare(gate, f"/{number}")) for number in range(50)]
    await asyncio.sleep(0)
    for call in calls[BEGIN_AT_ONCE:]:
        call.cancel()
    work.end.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert len(work.begun) < 50
    async with client(gate) as http:
        answers = await asyncio.gather(*(http.post(f"/later-{number}") for number in range(50)))
    assert {answer.status_code for answer in answers} == {204}


async def _bare(app: ASGIApp, path: str) -> None:
    async def nothing() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def ignore(message: object) -> None: ...

    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    await app(scope, nothing, ignore)


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_what_is_no_call_passes_by(kind: str) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def silent(*_: object) -> None: ...

    await Admission(app, most=1)({"type": kind}, silent, silent)  # type: ignore[arg-type]
    assert seen == [kind]
