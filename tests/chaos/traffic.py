"""Open-loop mixed traffic: what begins does so at random times at a rate, however long the answers take."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.chaos.caller import Caller
from tests.chaos.journeys import Journeys
from tests.chaos.ledger import Ledger
from tests.chaos.submissions import Submissions
from tests.support.system import Replica, System

MOST_OPEN = 300  # beyond it what would begin is left out and counted: the client must not drown either
MOST_TALKS = 4
DRAINED_WITHIN = 180.0
# What begins, how often relative to the others, and about how many requests it makes.
_MIX = (("tip", 60.0, 4.0), ("submission", 120.0, 1.0), ("case", 5.0, 2.0), ("dispute", 0.8, 14.0))
_SELDOM = (("alert", 0.6, 2.0), ("statistic", 0.6, 1.0))


@dataclass
class Traffic:
    """`doors` gives the replicas of a service that are asked; a fault may put its own in place, as a load
    balancer would. `failures` are answers that no outage explains. `skipped` could not begin: too many were
    under way.
    """

    system: System
    ledger: Ledger
    rng: Random
    failures: list[str] = field(default_factory=list)
    skipped: int = 0
    doors: Callable[[str], Sequence[Replica]] = field(init=False)
    caller: Caller = field(init=False)
    submissions: Submissions = field(init=False)
    journeys: Journeys = field(init=False)
    _open: set["asyncio.Task[None]"] = field(default_factory=set)
    _talks: int = 0
    _ways: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.doors = self.system.of

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Traffic"]:
        """Connections are there while the block runs."""
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=64, keepalive_expiry=5)
        timeout = httpx.Timeout(6, pool=30)
        async with httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False) as client:
            self.caller = Caller(client, lambda service: self.doors(service))
            self.submissions = Submissions(self.system, self.ledger)
            self.journeys = journeys = Journeys(self.system, self.ledger, self.caller, self.submissions)
            self._ways = {
                "tip": journeys.tip,
                "submission": journeys.submission,
                "case": journeys.case,
                "dispute": journeys.dispute,
                "alert": journeys.alert,
                "statistic": journeys.statistic,
            }
            try:
                yield self
            finally:
                for task in self._open:
                    task.cancel()
                await asyncio.gather(*self._open, return_exceptions=True)
                self.submissions.close()

    @asynccontextmanager
    async def flowing(self, rate: float = 40.0) -> AsyncIterator["Traffic"]:
        """About `rate` requests a second begin while the block runs. What is under way at its end goes on
        until it was answered: `drained` waits for that, once all is healed.
        """
        offering = asyncio.create_task(self._offer(rate))
        try:
            yield self
        finally:
            offering.cancel()
            await asyncio.gather(offering, return_exceptions=True)

    async def accepts(self, more: int, within: float = 60.0) -> None:
        """Wait until `more` requests were accepted from now on. Raises TimeoutError."""
        enough = self.ledger.count + more
        async with asyncio.timeout(within):
            while True:
                await asyncio.sleep(0.01)
                if self.ledger.count >= enough:
                    return

    async def drained(self) -> None:
        """Wait until everything that began was answered. Raises TimeoutError."""
        async with asyncio.timeout(DRAINED_WITHIN):
            while self._open:
                await asyncio.wait(set(self._open))
            await self.submissions.flushed()

    async def once(self, way: str) -> None:
        """One journey now, to its end: `tip`, `submission`, `case`, `dispute`, `alert`, `statistic`."""
        await self._go(way)

    async def _offer(self, rate: float) -> None:
        mix = [*_MIX, *_SELDOM]
        names, weights = [name for name, _, _ in mix], [weight for _, weight, _ in mix]
        per_journey = sum(weight * requests for _, weight, requests in mix) / sum(weights)
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += self.rng.expovariate(rate / per_journey)
            await asyncio.sleep(max(0.0, due - loop.time()))
            self._begin(self.rng.choices(names, weights)[0])

    def _begin(self, way: str) -> None:
        if len(self._open) >= MOST_OPEN or (way == "dispute" and self._talks >= MOST_TALKS):
            self.skipped += 1
            return
        task = asyncio.create_task(self._go(way))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _go(self, way: str) -> None:
        self._talks += way == "dispute"
        try:
            await self._ways[way]()
        except AssertionError as wrong:
            self.failures.append(f"{way}: {wrong}")
        finally:
            self._talks -= way == "dispute"
