"""D9: every process is told to end and started again, under load, behind a balancer that minds readiness."""

import asyncio
import signal
import subprocess
import time
from collections import Counter

from tests.chaos.balancer import Balancer
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.chaos.world import SETTINGS
from tests.support.system import SERVICES, Replica

RATE = 25.0
GRACE = 15.0  # seconds, as docker-compose.yml gives
# With less time than this the services are restarted side by side, one replica of each.
FOR_ONE_BY_ONE = 90.0


async def play(stage: Stage) -> Outcome:
    outcome, caller = Outcome(), stage.traffic.caller
    cut, refused = len(caller.cut), Counter(caller.refused)
    async with Balancer(stage.system).looking() as balancer:
        stage.traffic.doors = balancer.doors
        try:
            async with stage.traffic.flowing(rate=RATE):
                await stage.traffic.accepts(20)
                for replicas in _rounds(stage):
                    stage.say(f"SIGTERM to {', '.join(one.child.name for one in replicas)}")
                    await asyncio.gather(*(_restarted(stage, one, outcome) for one in replicas))
                await stage.traffic.accepts(20)
            await stage.traffic.drained()
        finally:
            stage.traffic.doors = stage.system.of
    _judge_cuts(outcome, caller.cut[cut:], balancer.slowest)
    answers = dict(Counter(caller.refused) - refused)
    outcome.expect(not answers, f"requests answered 429 or 5xx: {answers or 0}")
    return outcome


def _judge_cuts(outcome: Outcome, cut: list[str], slowest: float) -> None:
    """A balancer that could not look while a replica was leaving goes on sending to it: then the cuts are the
    machine's doing, and nobody can say whether the service would have made any."""
    said = f"requests cut in flight: {cut[:5] or 0}; readiness was looked at every {slowest:.1f} s at worst"
    if cut and slowest > float(SETTINGS["DRAIN_SECONDS"]) / 2:
        outcome.not_run = f"not judged, the machine is too busy: {said}"
    else:
        outcome.expect(not cut, said)


def _rounds(stage: Stage) -> list[list[Replica]]:
    """Who is restarted together. Of one service never two at once."""
    services = stage.rng.sample(SERVICES, len(SERVICES))
    replicas = [stage.system.of(name) for name in services]
    if stage.seconds < FOR_ONE_BY_ONE:
        return [list(together) for together in zip(*replicas, strict=True)]
    return [[one] for of_a_service in replicas for one in of_a_service]


async def _restarted(stage: Stage, replica: Replica, outcome: Outcome) -> None:
    """SIGTERM, waited for, started again, waited until it is ready."""
    child, began = replica.child, time.monotonic()
    child.process.send_signal(signal.SIGTERM)
    try:
        code = await asyncio.to_thread(child.process.wait, GRACE)
    except subprocess.TimeoutExpired:
        outcome.failures.append(f"{child.name} did not end within {GRACE:.0f} s")
        await asyncio.to_thread(child.kill)
    else:
        took = time.monotonic() - began
        outcome.expect(code == 0, f"{child.name} ended with {code} after {took:.1f} s of {GRACE:.0f}")
    await asyncio.sleep(stage.rng.uniform(0, 1))
    began = time.monotonic()
    child.start_again()
    await asyncio.to_thread(replica.wait_until_ready)
    outcome.times += 1
    outcome.recovered.append(time.monotonic() - began)


ROLLING = Fault("D9", "SIGTERM, rolling restart under load", play, needs="one", share=10)
