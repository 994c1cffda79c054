"""Watching from outside: until something is so, and how long writes stood still."""

import asyncio
import itertools
import time
from collections.abc import Callable

from tests.chaos.stage import Stage

_PAUSE = 0.1


async def until(so: Callable[[], object], within: float) -> float:
    """Ask `so`, which may block, until it answers something true; returns the seconds that it took. Raises
    TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while True:
            if await asyncio.to_thread(so):
                return time.monotonic() - began
            await asyncio.sleep(_PAUSE)


def longest_gap(stage: Stage, since: float) -> float:
    """Seconds of the longest stretch without an accepted write, as the open-loop traffic met it, from `since`
    (monotonic) until now."""
    answered = sorted(began + took for began, took in stage.traffic.caller.took)
    marks = [since, *(moment for moment in answered if moment >= since), time.monotonic()]
    return max(later - earlier for earlier, later in itertools.pairwise(marks))
