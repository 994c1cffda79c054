"""Open-ended but bounded traffic: reports and officers' calls, disputes and their talks, an alert and a
figure; each accepted one is written down.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from tests.chaos.gather import posts_of, stores_and_topics
from tests.chaos.reconcile import EVERYWHERE, receivers_got_all
from tests.support.disputes import Disputes
from tests.support.persistent import Persistent
from tests.support.portal import Portal
from tests.support.system import AREA, Replica, System, report
from tests.support.waiting import eventually


@dataclass
class Load:
    """Sends reports to `replicas` in turn. `accepted` are the ids of answers 201, `refused` other
    statuses."""

    system: System
    replicas: Sequence[Replica]
    accepted: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    lost_answers: int = 0
    disputes: Disputes = field(init=False)

    def __post_init__(self) -> None:
        self.disputes = Disputes(self.system)

    async def run(self, reports: int, *, at_once: int = 16) -> None:
        """Post `reports` reports; an officer classifies, assigns and resolves every one that was accepted."""
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        gate = asyncio.Semaphore(at_once)
        async with httpx.AsyncClient(timeout=10, limits=limits, trust_env=False) as client:

            async def one(number: int) -> None:
                async with gate:
                    await self._journey(client, self.replicas[number % len(self.replicas)].url)

            await asyncio.gather(*(one(number) for number in range(reports)))

    async def run_all(self, reports: int, disputes: int) -> None:
        """As `run`, and beside it what makes every service speak."""
        await asyncio.gather(self.run(reports, at_once=8), self.disputes.run(disputes), speak(self.system))

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


async def speak(system: System) -> None:
    """An alert that two people issue, and a figure that somebody attests."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        calls = Persistent(system, client)
        await issue_alert(calls)
        await attest(calls)


async def issue_alert(calls: Persistent) -> None:
    body = {
        "areas": [AREA],
        "hazard": "flash_flood",
        "category": "met",
        "severity": "moderate",
        "urgency": "expected",
        "certainty": "likely",
        "headline": {"vi": "Mưa lớn"},
        "instruction": {"vi": "Kê cao đồ đạc."},
        "expires_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat(),
    }
    author = calls.system.bearer("notices:write", subject="author-1")
    alert = (await calls.post("notifications", "/alerts", author, body, key=str(uuid4()))).json()
    approver = calls.system.bearer("notices:approve", subject="approver-1")
    await calls.post("notifications", f"/alerts/{alert['id']}/approve", approver, {})


async def attest(calls: Persistent) -> None:
    body = {
        "indicator": "outreach.participants",
        "value": 12,
        "unit": "attendance",
        "qualifier": "exact",
        "period": "2024-01-01/2024-03-31",
        "area": AREA,
    }
    writer = calls.system.bearer("statistics:write")
    await calls.post("analytics", "/statistics", writer, body, key=str(uuid4()))


async def open_case(calls: Persistent) -> None:
    """By a party's request, so that nobody else need work."""
    body = {"area": AREA, "dispute_type": "noise", "ground": "party_request"}
    head = calls.system.bearer("mediation:head", subject="head-1")
    await calls.post("mediation", "/cases", head, body, key=str(uuid4()))


async def all_arrive(
    load: Load, *, portal: Portal | None = None, gone: Collection[str] = (), within: float = 90
) -> None:
    """Wait until everything that was accepted is in every place where it belongs, once and in order.

    `gone`: aggregates that a lost database took with it, though topics still tell of them.
    """
    ended = load.disputes.ended
    loads = {*load.accepted, *load.disputes.tips}

    def reconciled() -> bool:
        evidence = replace(
            stores_and_topics(load.system).without(gone),
            accepted=[{"kind": "tip", "id": tip} for tip in loads],
            noted=[{"id": one.tip, "case": one.case, "settled": one.settled} for one in ended],
        )
        found = [problem for check in EVERYWHERE for problem in check(evidence)]
        if portal is not None:
            mine = {*loads, *(dispute.case for dispute in ended)}
            posts = replace(evidence.only(mine), posted={"the portal": posts_of(portal)})
            found += receivers_got_all(posts)
        assert found == [], found[:10]
        return True

    await eventually(reconciled, within=within)
