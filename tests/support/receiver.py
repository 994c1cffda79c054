"""A receiver of webhooks that behaves as a test says: it answers, hangs, trickles, resets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook


@dataclass(frozen=True)
class Received:
    """One post. `id` is its `webhook-id`, `event` the parsed body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        parsed: dict[str, Any] = orjson.loads(self.body)
        return parsed

    def verify(self, secret: str) -> None:
        """By the specification's own library; raises when no signature is this secret's."""
        Webhook(secret).verify(self.body, self.headers)


# What a receiver does after it has read a request: writes an answer, or something else.
Behaviour = Callable[["Received", asyncio.StreamWriter], Any]


def answers(status: int, **headers: str) -> Behaviour:
    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} X", "Content-Length: 2", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\nok")

    return answer


async def hangs(received: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def trickles(received: Received, writer: asyncio.StreamWriter) -> None:
    """200 at once, then a body that never ends, one byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def floods(received: Received, writer: asyncio.StreamWriter) -> None:
    """200 and a body without end, as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


async def resets(received: Received, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@dataclass
class Receiver:
    """`posts` are all that came, in order. `behaviour` may be changed at any time."""

    behaviour: Behaviour
    posts: list[Received] = field(default_factory=list)
    url: str = ""
    _busy: set["asyncio.Task[Any]"] = field(default_factory=set)

    def ids(self) -> list[str]:
        return [post.id for post in self.posts]

    def events(self) -> list[str]:
        return [post.event["id"] for post in self.posts]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            received = Received(head[0].split(" ")[1], headers, body)
            self.posts.append(received)
            await self.behaviour(received, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._busy.discard(task)
            writer.close()

    def hang_up(self) -> None:
        for task in list(self._busy):
            task.cancel()


@asynccontextmanager
async def receiving(
    behaviour: Behaviour | None = None, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine while the block runs."""
    receiver = Receiver(behaviour or answers(200))
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        server.close()
        receiver.hang_up()
