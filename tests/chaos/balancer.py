"""A load balancer as operators run it: it minds readiness, and sends nothing to who says that it leaves."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.system import Replica, System

LOOKS_EVERY = 0.1


@dataclass
class Balancer:
    """`doors` are the replicas of a service that were ready when last looked at; all, if none was. `slowest`:
    the most seconds from one look at a replica to the next."""

    system: System
    slowest: float = 0.0
    _out: set[str] = field(default_factory=set)

    def doors(self, service: str) -> Sequence[Replica]:
        replicas = self.system.of(service)
        return [one for one in replicas if one.child.name not in self._out] or replicas

    @asynccontextmanager
    async def looking(self) -> AsyncIterator["Balancer"]:
        """Looks at every replica while the block runs."""
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            looks = [asyncio.create_task(self._look(client, one)) for one in self.system.replicas]
            try:
                yield self
            finally:
                for look in looks:
                    look.cancel()
                await asyncio.gather(*looks, return_exceptions=True)

    async def _look(self, client: httpx.AsyncClient, replica: Replica) -> None:
        while True:
            began = time.monotonic()
            try:
                ready = (await client.get(f"{replica.url}/readyz")).status_code == 200
            except httpx.TimeoutException:
                pass  # slow is not gone: a balancer takes nobody out for one late answer
            except httpx.HTTPError:
                self._out.add(replica.child.name)
            else:
                (self._out.discard if ready else self._out.add)(replica.child.name)
            await asyncio.sleep(LOOKS_EVERY)
            self.slowest = max(self.slowest, time.monotonic() - began)
