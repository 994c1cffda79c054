"""D1: `kill -9` over every process, while everything flows."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from deploy.local.child import Child
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.support.system import SERVICES, Replica

RATE, SHORT_RATE = 90.0, 30.0
FEWEST, FULL = 5, 32  # kills
SECONDS_A_KILL = 5.0
ENOUGH = 20_000  # accepted, where there is time for them:
SECONDS_FOR_ENOUGH = 450.0  # two cores accept 40 to 80 a second beside the kills
# Past a lane's lease and a consumer's session a dead process has been replaced by the others; a quick
# restart meets what it left behind.
_QUICK, _LATE = (0.0, 1.5), (6.5, 9.0)
_LATE_OF = 0.15
_AWAY = 3  # at the same time, at most
_BETWEEN = (0.5, 3.0)
_WORKS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Victim:
    """`role`: what the process was doing that the kill is meant to hit."""

    role: str
    child: Child
    works: Callable[[], bool]

    def kill(self) -> None:
        self.child.kill()

    def restart(self) -> float:
        """Seconds from the restart until the part works again."""
        began = time.monotonic()
        self.child.start_again()
        while not self.works():
            if time.monotonic() > began + _WORKS_WITHIN:
                raise AssertionError(f"{self.child.name} did not come back within {_WORKS_WITHIN:.0f} s")
            time.sleep(0.05)
        return time.monotonic() - began


def deck(stage: Stage) -> Iterator[str]:
    """The roles, every one of them once before any comes again, in an order of the seed's."""
    roles = [
        *(f"facade {name} {number}" for name in SERVICES for number in (0, 1)),
        *(f"lane owner {name}" for name in SERVICES),
        *(f"consumer {name}" for name in SERVICES),
        *["kafka", "mongod"] * 3,
    ]
    roles = [role for role in roles if stage.aim in role] or roles
    while True:
        yield from stage.rng.sample(roles, len(roles))


def choose(stage: Stage, role: str) -> Victim:
    """The process that plays `role` at this moment."""
    system = stage.system
    if role == "mongod":
        return Victim(role, system.mongo.child, lambda: _mongo_works(stage))
    if role == "kafka":
        return Victim(role, system.kafka.child, lambda: _kafka_works(stage))
    kind, _, name = role.rpartition(" ")
    if kind.startswith("facade"):
        name = kind.split(" ")[1]
        replica = system.of(name)[int(role[-1])]
    elif kind == "lane owner":
        replica = owner_of_a_lane(stage, name)
    else:
        replica = stage.rng.choice(system.of(name))  # partitions are shared out: each holds some
    return Victim(role, replica.child, replica.ready)


def owner_of_a_lane(stage: Stage, name: str) -> Replica:
    """A replica that holds the lease of a lane at this moment."""
    replicas = stage.system.of(name)
    with stage.system.databases() as client:
        lanes = list(client[name]["lanes"].find({"owner": {"$type": "string"}, "_id": {"$type": "number"}}))
    owners = [str(lane["owner"]).split(":")[0] for lane in lanes]
    held = [replica for replica in replicas if replica.child.name in owners]
    return stage.rng.choice(held or replicas)


def _mongo_works(stage: Stage) -> bool:
    return stage.system.mongo.is_primary()


def _kafka_works(stage: Stage) -> bool:
    return stage.system.kafka.answers()


async def play(stage: Stage) -> Outcome:
    outcome = Outcome()
    wanted = max(FEWEST, min(FULL, int(stage.seconds / SECONDS_A_KILL)))
    killed: Counter[str] = Counter()
    roles = deck(stage)
    away: dict[str, asyncio.Task[float]] = {}
    async with stage.traffic.flowing(rate=RATE if wanted >= FULL else SHORT_RATE):
        await stage.traffic.accepts(20)
        while outcome.times < wanted:
            victim = await _another(stage, roles, away)
            late = stage.rng.random() < _LATE_OF
            gone = stage.rng.uniform(*(_LATE if late else _QUICK))
            name = victim.child.name
            outcome.times += 1
            killed[name] += 1
            stage.say(
                f"kill {outcome.times} of {wanted}: {victim.role}, away {gone:.1f} s"
                f"{', beside ' + ' and '.join(sorted(away)) if away else ''}; {stage.accepted} accepted"
            )
            away[name] = asyncio.create_task(_killed(victim, gone))
            await asyncio.sleep(stage.rng.uniform(*_BETWEEN))
            outcome.recovered += await _back(away, at_most=_AWAY - 1)
        outcome.recovered += await _back(away, at_most=0)
        if stage.seconds >= SECONDS_FOR_ENOUGH:
            await _enough(stage)
    _judge(stage, outcome, killed, wanted)
    return outcome


async def _another(stage: Stage, roles: Iterator[str], away: Collection[str]) -> Victim:
    """The next process in the deck that is there to be killed."""
    while True:
        victim = await asyncio.to_thread(choose, stage, next(roles))
        if victim.child.name not in away:
            return victim


async def _killed(victim: Victim, gone: float) -> float:
    await asyncio.to_thread(victim.kill)
    await asyncio.sleep(gone)
    return await asyncio.to_thread(victim.restart)


async def _back(away: dict[str, "asyncio.Task[float]"], *, at_most: int) -> list[float]:
    """Wait until at most so many are away; the seconds in which those that came back did."""
    seconds = []
    while True:
        for name in [name for name, task in away.items() if task.done()]:
            seconds.append(away.pop(name).result())
        if len(away) <= at_most:
            return seconds
        await asyncio.wait(away.values(), return_when=asyncio.FIRST_COMPLETED)


async def _enough(stage: Stage) -> None:
    """Goes on, unhurt, while not enough was accepted and there is time left for it."""
    with suppress(TimeoutError):
        await stage.traffic.accepts(ENOUGH - stage.accepted, within=stage.left())


def _judge(stage: Stage, outcome: Outcome, killed: Counter[str], wanted: int) -> None:
    counts = ", ".join(f"{name} {count}" for name, count in sorted(killed.items()))
    outcome.expect(outcome.times >= wanted, f"{outcome.times} kills: {counts}")
    if wanted >= FULL:
        everybody = {replica.child.name for replica in stage.system.replicas} | {"mongod", "Kafka"}
        missed = ", ".join(sorted(everybody - killed.keys()))
        outcome.expect(not missed, f"every process was killed{f' but {missed}' if missed else ''}")
    if stage.seconds >= SECONDS_FOR_ENOUGH:
        outcome.expect(stage.accepted >= ENOUGH, f"{stage.accepted} accepted, at least {ENOUGH} wanted")


KILLS = Fault("D1", "kill -9 of every process", play, needs="one", share=40)
