"""D2: the primary of MongoDB is killed, stepped down and frozen; then processes of ours are frozen past what
they hold."""

import asyncio
import time
from collections.abc import Callable

from tests.chaos.faults.d1_kills import owner_of_a_lane
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.chaos.watching import longest_gap
from tests.support.system import Replica

RATE = 40.0
MOST_GAP = 5.0  # at an election timeout of 2 s (deploy/local/mongod.py)
FROZEN_PRIMARY = 8.0
PAST_LEASE, PAST_SESSION = 13.0, 9.0  # a lane's lease lasts 10 s, a consumer's session 6 s
_AFTER = 4.0  # seconds in which the end of a gap shows


async def play(stage: Stage) -> Outcome:
    outcome = Outcome()
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(60)
        for how in (_killed, _stepped_down, _frozen):
            await how(stage, outcome)
            await stage.traffic.accepts(40)
        owner = await asyncio.to_thread(owner_of_a_lane, stage, "tips")
        await _past(stage, outcome, owner, PAST_LEASE, "the owner of lanes of tips, past its leases")
        reader = stage.rng.choice(stage.system.of("analytics"))
        await _past(stage, outcome, reader, PAST_SESSION, "a consumer of analytics, past its session")
    return outcome


async def _killed(stage: Stage, outcome: Outcome) -> None:
    mongo = stage.system.mongo
    primary = await asyncio.to_thread(mongo.primary)
    await _measured(stage, outcome, "the primary killed", primary.child.kill)
    await asyncio.to_thread(mongo.restart)


async def _stepped_down(stage: Stage, outcome: Outcome) -> None:
    await _measured(stage, outcome, "the primary stepped down", stage.system.mongo.step_down)


async def _frozen(stage: Stage, outcome: Outcome) -> None:
    primary = await asyncio.to_thread(stage.system.mongo.primary)
    await _measured(stage, outcome, "the primary frozen", primary.child.freeze, away=FROZEN_PRIMARY)
    began = time.monotonic()
    primary.child.thaw()
    await stage.traffic.accepts(20)
    stage.say(f"thawed; 20 more accepted within {time.monotonic() - began:.1f} s")


async def _measured(
    stage: Stage, outcome: Outcome, what: str, hurt: Callable[[], None], away: float = _AFTER
) -> None:
    began = time.monotonic()
    await asyncio.to_thread(hurt)
    await stage.traffic.accepts(20)
    await asyncio.sleep(max(0.0, began + away - time.monotonic()))
    gap = longest_gap(stage, began)
    outcome.times += 1
    outcome.recovered.append(gap)
    outcome.expect(gap <= MOST_GAP, f"{what}: no write was accepted for {gap:.1f} s, at most {MOST_GAP:.0f}")
    stage.say(f"{what}: writes stood still for {gap:.1f} s")


async def _past(stage: Stage, outcome: Outcome, replica: Replica, seconds: float, whom: str) -> None:
    stage.say(f"frozen for {seconds:.0f} s: {whom}")
    replica.child.freeze()
    try:
        await asyncio.sleep(seconds)
    finally:
        replica.child.thaw()
    began = time.monotonic()
    await asyncio.to_thread(replica.wait_until_ready)
    outcome.recovered.append(time.monotonic() - began)
    outcome.times += 1
    outcome.held.append(f"frozen for {seconds:.0f} s and thawed: {whom}")


PRIMARY = Fault("D2", "MongoDB primary lost, holders frozen", play, needs="three", share=14)
