"""Background work that must not stop: relay, consumer, workers."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared import metrics

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
# A run this long counts as healthy: the next pause starts small again.
_HEALTHY_SECONDS = 30.0
_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]


def supervise(
    name: str, work: Work, *, service: str = "", first_pause: float = _FIRST_PAUSE
) -> asyncio.Task[None]:
    """Run `work()` again whenever it fails or returns, after a growing, jittered pause. Cancel to stop."""
    return asyncio.create_task(_forever(name, work, service, first_pause), name=name)


async def _forever(name: str, work: Work, service: str, first_pause: float) -> None:
    pause = first_pause
    while True:
        began = time.monotonic()
        try:
            await work()
            _log.error("a supervised task returned", extra={"task": name})
        except Exception:  # noqa: BLE001 - the boundary of relay, consumer and workers
            _log.exception("a supervised task failed", extra={"task": name})
        if time.monotonic() - began > _HEALTHY_SECONDS:
            pause = first_pause
        metrics.TASK_RESTARTS.labels(service, name).inc()
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, _LONGEST_PAUSE)


@asynccontextmanager
async def supervised(service: str, **works: Work) -> AsyncIterator[None]:
    """Supervise each work while the block runs; on leaving cancel all and wait until they have ended."""
    tasks = [supervise(name, work, service=service) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
