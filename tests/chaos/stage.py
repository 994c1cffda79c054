"""The stage of one fault: the running stack, what flows over it, and how it is held to its word."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.chaos import reconcile
from tests.chaos.findings import Findings, findings_of
from tests.chaos.gather import gather
from tests.chaos.ledger import Ledger
from tests.chaos.quiet import unquiet
from tests.chaos.traffic import Traffic
from tests.chaos.world import World
from tests.support.system import System

QUIET_WITHIN = 240.0
_LOOK_SECONDS = 0.5


@dataclass
class Stage:
    """`rng` is made of the seed and the fault's name, `seconds` is the fault's budget for everything. `aim`:
    a word that narrows what is broken, such as `mongod` for the kills of D1; empty: all of it."""

    name: str
    world: World
    rng: Random
    seconds: float
    tell: Callable[[str], None]
    aim: str = ""
    _before: int = 0

    def __post_init__(self) -> None:
        self._before = self.ledger.count
        self._until = time.monotonic() + self.seconds

    @property
    def system(self) -> System:
        return self.world.system

    @property
    def traffic(self) -> Traffic:
        return self.world.traffic

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def accepted(self) -> int:
        """Requests accepted since this fault's stage was set."""
        return self.ledger.count - self._before

    def left(self) -> float:
        """Seconds of the budget that are left; 0 when it is spent."""
        return max(0.0, self._until - time.monotonic())

    def say(self, text: str) -> None:
        self.tell(text)

    async def settle(self, within: float = QUIET_WITHIN) -> float:
        """Heals whatever is broken, waits until all is quiet, and returns the seconds that it took.

        The pauses between two posts of a webhook (five seconds, five minutes, …) are cut short, as if the
        time had gone by. Raises AssertionError when it does not become quiet.
        """
        began = time.monotonic()
        await asyncio.to_thread(self.system.heal)
        await self.traffic.drained()
        for portal in self.world.portals.values():
            await asyncio.to_thread(portal.end_claims)
        told, left = began, ["not looked yet"]
        while left:
            if time.monotonic() > began + within:
                raise AssertionError(f"not quiet after {within:.0f} s: {'; '.join(left)}")
            await asyncio.to_thread(self._hurry)
            left = await asyncio.to_thread(unquiet, self.system)
            if left and time.monotonic() > told + 10:
                told = time.monotonic()
                self.say("; ".join(left))
            await asyncio.sleep(_LOOK_SECONDS if left else 0)
        return time.monotonic() - began

    async def reconcile(self) -> Findings:
        """Everything accepted on this stack against everything there is; what an earlier fault was told of
        is not told again. Call it when all is quiet."""
        world = self.world
        evidence = await asyncio.to_thread(gather, self.system, self.ledger, world.portals)
        problems = await asyncio.to_thread(reconcile.problems, evidence)
        raw, kafka = reconcile.repeats_raw(evidence), reconcile.repeats_kafka(evidence)
        found = findings_of(
            self.accepted,
            problems,
            repeats_raw=raw - world.repeats_raw,
            repeats_kafka=kafka - world.repeats_kafka,
            known=frozenset(world.reported),
        )
        world.repeats_raw, world.repeats_kafka = raw, kafka
        world.reported |= {problem.text for problem in problems}
        return found

    def _hurry(self) -> None:
        for portal in self.world.portals.values():
            portal.hurry()
