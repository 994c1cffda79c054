"""`python -m tests.performance.watch '<Watch as JSON>'`: reports at a steady rate, and when each is seen.

One process, so that one clock says when a report was accepted and when its event arrived.
"""

import asyncio
import json
import random
import string
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import httptools
import httpx
import orjson
import uvloop
from httpx_sse import aconnect_sse

from tests.performance.figures import percentile
from tests.performance.load import Load
from tests.performance.traffic import Plan
from tests.support.waiting import eventually

_LATE = 15.0  # how long after the last report something may still arrive
_PROBES_EACH_SECOND = 2.0
_LOOK_SECONDS = 0.05
_RECEIVED = "liengia.tip.received.v1"


@dataclass(frozen=True, slots=True)
class Watch:
    """`plan` says how reports are sent; the others are URLs, and `headers` carry a token."""

    plan: dict[str, Any]
    tips: str
    notifications: str
    analytics: str
    headers: dict[str, str]


@dataclass(slots=True)
class Sightings:
    """Moments by id of the tip: when it was accepted, told on the stream, posted to the webhook. `figures`:
    milliseconds until a figure counted a report.
    """

    accepted: dict[str, float] = field(default_factory=dict)
    streamed: dict[str, float] = field(default_factory=dict)
    posted: dict[str, float] = field(default_factory=dict)
    figures: list[float] = field(default_factory=list)

    def accept(self, answer: bytes) -> None:
        self.accepted[orjson.loads(answer)["id"]] = time.perf_counter()

    def complete(self) -> bool:
        return self.accepted.keys() <= self.streamed.keys() and self.accepted.keys() <= self.posted.keys()

    def summary(self) -> dict[str, Any]:
        return {
            "through": self._through(),
            "stream": _summary([1000 * d for d in self._delays(self.streamed)], len(self.accepted)),
            "webhook": _summary([1000 * d for d in self._delays(self.posted)], len(self.accepted)),
            "figure": _summary(self.figures, len(self.figures)),
        }

    def _through(self) -> float:
        """Reports per second that went all the way, from the first one accepted until the last one seen."""
        last = max(*self.streamed.values(), *self.posted.values())
        return len(self.accepted) / (last - min(self.accepted.values()))

    def _delays(self, seen: dict[str, float]) -> list[float]:
        """An event may arrive before the answer does: that is no delay."""
        return [max(0.0, seen[tip] - at) for tip, at in self.accepted.items() if tip in seen]


def _summary(milliseconds: list[float], expected: int) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        "p50": percentile(ordered, 0.5),
        "p99": percentile(ordered, 0.99),
        "missing": expected - len(ordered),
        "count": len(ordered),
    }


class Receiver(asyncio.Protocol):
    """A webhook's receiver: keeps its connections, answers 204 at once."""

    def __init__(self, seen: Sightings) -> None:
        self._seen, self._body = seen, b""
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        body, self._body = self._body, b""
        self._seen.posted.setdefault(orjson.loads(body)["subject"], time.perf_counter())
        self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def watch(wanted: Watch) -> dict[str, Any]:
    seen, plan = Sightings(), Plan(**wanted.plan)
    async with (
        _receiving(wanted, seen),
        _streaming(wanted, seen),
        httpx.AsyncClient(trust_env=False) as client,
    ):
        probing = asyncio.create_task(_probe(client, wanted, seen, plan.seconds))
        await Load(plan, seen.accept).run()
        await probing
        with suppress(AssertionError):
            await eventually(seen.complete, within=_LATE)
    return seen.summary()


@asynccontextmanager
async def _receiving(wanted: Watch, seen: Sightings) -> AsyncIterator[None]:
    """A webhook of ours gets every report's event while the block runs."""
    server = await asyncio.get_running_loop().create_server(lambda: Receiver(seen), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with httpx.AsyncClient(trust_env=False) as client:
        made = await client.post(
            f"{wanted.notifications}/webhooks",
            json={"url": url, "types": [_RECEIVED]},
            headers={**wanted.headers, "Idempotency-Key": str(uuid4())},
        )
        made.raise_for_status()
    try:
        yield
    finally:
        server.close()


@asynccontextmanager
async def _streaming(wanted: Watch, seen: Sightings) -> AsyncIterator[None]:
    """Reads the stream while the block runs, which begins once the stream is open."""
    opened = asyncio.Event()

    async def read() -> None:
        async with (
            httpx.AsyncClient(trust_env=False, timeout=30) as client,
            aconnect_sse(
                client,
                "GET",
                f"{wanted.notifications}/feeds/stream",
                headers=wanted.headers,
                params={"type": _RECEIVED},
            ) as source,
        ):
            source.response.raise_for_status()
            async for one in source.aiter_sse():
                opened.set()
                if one.data:
                    seen.streamed.setdefault(orjson.loads(one.data)["subject"], time.perf_counter())

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(20):
            await opened.wait()
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _probe(client: httpx.AsyncClient, wanted: Watch, seen: Sightings, seconds: float) -> None:
    """Now and then one more report, each in an area of its own, until that area's figure counts it."""
    async with asyncio.TaskGroup() as probes:
        for _ in range(int(seconds * _PROBES_EACH_SECOND)):
            fresh = "".join(random.choices(string.ascii_lowercase, k=16))
            probes.create_task(_until_counted(client, wanted, seen, f"99/99001/{fresh}"))
            await asyncio.sleep(1 / _PROBES_EACH_SECOND)


async def _until_counted(client: httpx.AsyncClient, wanted: Watch, seen: Sightings, area: str) -> None:
    report = {"category": "noise", "text": "Ồn ào.", "area": area, "channel": "web"}
    made = await client.post(
        f"{wanted.tips}/tips", json=report, headers={"Idempotency-Key": str(uuid4())}, timeout=30
    )
    made.raise_for_status()
    began, params = time.perf_counter(), {"area": area, "indicator": "tip.received"}
    async with asyncio.timeout(_LATE):
        while True:
            asked = await client.get(
                f"{wanted.analytics}/indicators", params=params, headers=wanted.headers, timeout=30
            )
            asked.raise_for_status()
            if asked.json()["items"][0]["figure"]["value"]:
                break
            await asyncio.sleep(_LOOK_SECONDS)
    seen.figures.append(1000 * (time.perf_counter() - began))


def main() -> None:
    wanted = Watch(**json.loads(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(watch(wanted))))


if __name__ == "__main__":
    main()
