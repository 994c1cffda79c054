"""An independent reader of our streams: what it was told, and how it breaks off and resumes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from httpx_sse import aconnect_sse


@dataclass
class Listener:
    """`events` are the structured CloudEvents, in order; `last_id` is what a browser would resume after."""

    events: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    last_id: str = ""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def has(self, count: int) -> bool:
        return len(self.events) >= count

    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def numbers(self) -> list[int]:
        return [event["deliverynumber"] for event in self.events]

    async def listen(
        self, url: str, headers: dict[str, str], path: str = "/feeds/stream", **params: Any
    ) -> None:
        """Reads until the stream ends. With a `last_id` it resumes after it."""
        self.ended = False
        resume = {"Last-Event-ID": self.last_id} if self.last_id else {}
        async with (
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client,
            aconnect_sse(client, "GET", path, headers={**headers, **resume}, params=params) as source,
        ):
            source.response.raise_for_status()
            async for one in source.aiter_sse():
                self.last_id = one.id
                self.opened.set()
                if one.data:
                    self.names.append(one.event)
                    self.events.append(one.json())
        self.ended = True


@asynccontextmanager
async def listening(
    listener: Listener, url: str, headers: dict[str, str], **params: Any
) -> AsyncIterator[None]:
    """`listener` reads while the block runs; the block begins once the stream is open."""
    listener.opened.clear()
    task = asyncio.create_task(listener.listen(url, headers, **params))
    try:
        opened = asyncio.create_task(listener.opened.wait())
        await asyncio.wait({task, opened}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        if task.done():
            task.result()
        assert listener.opened.is_set()
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
