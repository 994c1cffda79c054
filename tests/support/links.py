"""TCP links that a test may cut, black-hole, half-open or slow, between a process and what it speaks to."""

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.local.ports import HOST

Mode = Literal["pass", "cut", "black hole", "half open", "slow"]
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Slowness:
    """Of each direction: seconds before a chunk goes on, and bytes in a second."""

    delay: float = 0.15
    bandwidth: float = 2_000_000


@dataclass
class Link:
    """Listens on `port` and forwards to `target` on this machine, as `mode` says at that moment.

    `cut`: open connections are reset and new ones closed at once. `black hole`: connections are accepted and
    nothing goes on, either way. `half open`: what the client sends goes on, no answer comes back. `slow`: as
    `slowness` says.
    """

    target: int
    port: int
    slowness: Slowness = field(default_factory=Slowness)
    mode: Mode = "pass"
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def turn(self, mode: Mode) -> None:
        """Called in the loop of the links only."""
        before, self.mode = self.mode, mode
        # What was swallowed is gone: a connection that lost bytes must not be taken up again.
        if mode == "cut" or (mode == "pass" and before in ("black hole", "half open")):
            for writer in self._open:
                writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        self._open.add(writer)
        try:
            if self.mode == "cut":
                return
            far_reader, far_writer = await asyncio.open_connection(HOST, self.target)
            self._open.add(far_writer)
            try:
                ways = [
                    asyncio.create_task(self._carry(reader, far_writer, answers=False)),
                    asyncio.create_task(self._carry(far_reader, writer, answers=True)),
                ]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            finally:
                self._open.discard(far_writer)
                far_writer.transport.abort()
        except OSError:
            return  # nobody listens behind the link
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                if self.mode == "slow":
                    await asyncio.sleep(self.slowness.delay + len(chunk) / self.slowness.bandwidth)
                if self.mode == "black hole" or (self.mode == "half open" and answers):
                    continue
                writer.write(chunk)
                await writer.drain()
        except OSError:
            return


class Links:
    """A thread of their own carries all links, so that a busy test does not slow them down."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._thread.start()

    def link(self, target: int) -> Link:
        """A new link to `target`, which need not listen yet."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, 0))
        link = Link(target, sock.getsockname()[1])
        self._run(lambda: asyncio.start_server(link.serve, sock=sock))
        return link

    def turn(self, link: Link, mode: Mode) -> None:
        """From now on `link` is in `mode`; returns when it is so."""

        async def turned() -> None:
            link.turn(mode)

        self._run(turned)

    def close(self) -> None:
        async def ended() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._run(ended)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self, what: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(what(), self._loop).result(10)
