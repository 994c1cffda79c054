"""A running stack with its ledger, traffic and receivers; faults play on it one after the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from tests.chaos.ledger import Ledger
from tests.chaos.outcome import Needs
from tests.chaos.receivers import receivers
from tests.chaos.traffic import Traffic
from tests.support.linked import LinkedSystem
from tests.support.portal import Portal
from tests.support.small_disk import SmallDiskSystem
from tests.support.system import System

# What a fault needs is made by; a stack that this machine cannot have raises CannotStart.
SYSTEMS: dict[Needs, Callable[[Path], System]] = {
    "one": System,
    "own": System,
    "three": lambda folder: System(folder, members=3),
    "linked": LinkedSystem,
    "small disk": SmallDiskSystem,
}
# Whoever balances needs time to see that a replica leaves: with more processes than cores, seconds.
SETTINGS = {"DRAIN_SECONDS": "5"}


@dataclass
class World:
    """`reported`: problems that an earlier fault answers for; `repeats_raw`, `repeats_kafka`: as counted
    then."""

    system: System
    ledger: Ledger
    traffic: Traffic
    portals: dict[str, Portal]
    reported: set[str] = field(default_factory=set)
    repeats_raw: int = 0
    repeats_kafka: int = 0


@asynccontextmanager
async def world(folder: Path, needs: Needs, seed: str) -> AsyncIterator[World]:
    """Two replicas of every service on free ports, all ready; everything has ended after the block."""
    rng = Random(f"{seed}/world")
    system = await asyncio.to_thread(SYSTEMS[needs], folder)
    ledger = Ledger(folder / "ledger.jsonl")
    try:
        await asyncio.to_thread(partial(system.start_all, 2, **SETTINGS))
        await asyncio.to_thread(system.heal)
        traffic = Traffic(system, ledger, rng)
        async with receivers(system, rng) as portals, traffic.opened():
            yield World(system, ledger, traffic, portals)
    finally:
        await asyncio.to_thread(system.stop)
        ledger.close()
