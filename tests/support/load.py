"""Open-ended but bounded traffic: reports and officers' calls, each accepted one written down."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.support.reconcile import look
from tests.support.system import Replica, System, report
from tests.support.waiting import eventually


@dataclass
class Load:
    """Sends to `replicas` in turn. `accepted` are the ids of answers 201, `refused` other statuses."""

    system: System
    replicas: Sequence[Replica]
    accepted: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    lost_answers: int = 0

    async def run(self, reports: int, *, at_once: int = 16) -> None:
        """Post `reports` reports; an officer classifies, assigns and resolves every one that was accepted."""
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        gate = asyncio.Semaphore(at_once)
        async with httpx.AsyncClient(timeout=10, limits=limits, trust_env=False) as client:

            async def one(number: int) -> None:
                async with gate:
                    await self._journey(client, self.replicas[number % len(self.replicas)].url)

            await asyncio.gather(*(one(number) for number in range(reports)))

    async def accepts(self, more: int, *, unless: "asyncio.Task[None]") -> None:
        """Wait until `more` reports were accepted from now on, or the sending has ended."""
        enough = len(self.accepted) + more
        await eventually(lambda: len(self.accepted) >= enough or unless.done(), within=30)

    async def _journey(self, client: httpx.AsyncClient, door: str) -> None:
        headers = {"Idempotency-Key": str(uuid4())}
        try:
            answer = await client.post(f"{door}/tips", json=report(), headers=headers)
            if answer.status_code != 201:
                self.refused.append(answer.status_code)
                return
            tip = answer.json()["id"]
            self.accepted.append(tip)
            officer = self.system.bearer("tips:read", "tips:handle")
            for call, body in (
                ("classify", {"classification": "information"}),
                ("assign", {"to": "officer-2"}),
                ("resolve", {}),
            ):
                await client.post(f"{door}/tips/{tip}/{call}", json=body, headers=officer)
        except httpx.HTTPError:
            self.lost_answers += 1


async def all_arrive(load: Load, *, within: float = 90) -> None:
    """Wait until every accepted tip's events are on Kafka in order and in analytics once."""

    def reconciled() -> bool:
        assert look(load.system).faults(load.accepted) == []
        return True

    await eventually(reconciled, within=within)
