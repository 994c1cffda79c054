"""Serving an application: uvicorn with a drain that a load balancer can see.

On SIGTERM or SIGINT readiness turns 503 at once while the door stays open for `drain_seconds`; then no
connection is taken any more, requests in flight get `graceful_seconds` to finish, and the process ends with
status 0. A second signal ends the drain early.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn
from fastapi import FastAPI

from shared.settings import ServiceSettings
from shared.web.health import Draining


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, draining: Draining, drain_seconds: float) -> None:
        super().__init__(config)
        self._draining = draining
        self._drain_seconds = drain_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """In place of uvicorn's, which closes the door at once and afterwards dies of the signal."""
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGTERM, signal.SIGINT)
        for number in numbers:
            loop.add_signal_handler(number, self._leave, loop)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._draining.begun:
            self.should_exit = True
            return
        self._draining.begin()
        loop.call_later(self._drain_seconds, setattr, self, "should_exit", True)


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until told to stop. Logs are ours alone: no access log, no address, no banner."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.graceful_seconds,
        timeout_keep_alive=10,
        lifespan="on",
    )
    server = _Server(config, cast(Draining, app.state.draining), settings.drain_seconds)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve())
    if not server.started:
        raise SystemExit(3)
