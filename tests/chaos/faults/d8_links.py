"""D8: the link of each service to MongoDB, of all to Kafka, and of the sender to a webhook: cut, black-holed,
half-open, slowed."""

import asyncio
import time
from typing import get_args

from tests.chaos.outcome import Fault, Outcome
from tests.chaos.receivers import STEADY
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.linked import LinkedSystem
from tests.support.links import Mode
from tests.support.receiver import Behaviour, Received, answers, hangs, resets
from tests.support.system import SERVICES, Replica

RATE = 30.0
FOLLOWS_WITHIN = 10.0
_MODES: tuple[Mode, ...] = tuple(mode for mode in get_args(Mode) if mode != "pass")
_HELD_FOR = 6.0
_SLOW_SECONDS = 0.5


async def play(stage: Stage) -> Outcome:
    outcome, system = Outcome(), stage.system
    assert isinstance(system, LinkedSystem)
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(60)
        modes = stage.rng.sample(_MODES, len(_MODES))
        # Each service meets one mode, and the one that takes most reports in meets them all.
        plan = [("tips", mode) for mode in modes]
        plan += [(name, modes[place]) for place, name in enumerate(SERVICES[1:])]
        for service, mode in plan:
            await _database(stage, outcome, system, service, mode)
        for mode in modes:
            await _broker(stage, outcome, system, mode)
        await _webhook(stage, outcome)
    return outcome


async def _database(stage: Stage, outcome: Outcome, system: LinkedSystem, service: str, mode: Mode) -> None:
    link, said = system.mongo_links[service], f"{service} to MongoDB: {mode}"
    stage.say(said)
    await asyncio.to_thread(system.links.turn, link, mode)
    try:
        if mode == "slow":
            await asyncio.sleep(_HELD_FOR)
        else:
            took = await _all_say(system.of(service), False)
            outcome.expect(took <= FOLLOWS_WITHIN, f"{said}: not ready after {took:.1f} s")
    finally:
        await asyncio.to_thread(system.links.turn, link, "pass")
    took = await _all_say(system.of(service), True)
    outcome.expect(took <= FOLLOWS_WITHIN, f"{said}: whole, and ready again after {took:.1f} s")
    outcome.times += 1
    outcome.recovered.append(took)
    await stage.traffic.accepts(10)


async def _broker(stage: Stage, outcome: Outcome, system: LinkedSystem, mode: Mode) -> None:
    said = f"all to Kafka: {mode}"
    stage.say(said)
    await asyncio.to_thread(system.links.turn, system.kafka_link, mode)
    try:
        await asyncio.sleep(_HELD_FOR)
        before = stage.accepted
        await stage.traffic.accepts(20)
        ready = await asyncio.to_thread(lambda: all(replica.ready() for replica in system.replicas))
        outcome.expect(ready, f"{said}: all ready, {stage.accepted - before} more accepted meanwhile")
    finally:
        await asyncio.to_thread(system.links.turn, system.kafka_link, "pass")
    now = time.time()
    # What had to wait for the broker has left once nothing of tips is older than the link's mending.
    outcome.recovered.append(await until(lambda: not _waits_since_before(stage, now), within=120))
    outcome.times += 1


def _waits_since_before(stage: Stage, moment: float) -> int:
    with stage.system.databases() as client:
        found = client["tips"]["tips"].find({"waiting_since": {"$exists": True}}, {"waiting_since": 1})
        return sum(one["waiting_since"].timestamp() < moment for one in found)


async def _webhook(stage: Stage, outcome: Outcome) -> None:
    """As the receiver's end makes it: the address that the service posts to stays the same."""
    receiver = stage.world.portals[STEADY].receiver
    well = receiver.behaviour
    ways: dict[str, Behaviour] = {"cut": resets, "black hole": hangs, "slow": _slow}
    for name, behaviour in ways.items():
        stage.say(f"the sender to a webhook: {name}")
        receiver.behaviour = behaviour
        try:
            await asyncio.sleep(_HELD_FOR)
            await stage.traffic.accepts(10)
        finally:
            receiver.behaviour = well
        outcome.times += 1
        outcome.held.append(f"the sender to a webhook: {name} for {_HELD_FOR:.0f} s, writes went on")


async def _slow(received: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_SLOW_SECONDS)
    await answers(200)(received, writer)


async def _all_say(replicas: list[Replica], ready: bool) -> float:
    """Seconds until each of these says that it is ready, or that it is not."""
    return await until(lambda: all(one.ready() is ready for one in replicas), within=60)


LINKS = Fault("D8", "links cut, black-holed, half-open, slowed", play, needs="linked", share=14)
