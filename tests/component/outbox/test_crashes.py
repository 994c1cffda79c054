"""Random histories of crashes, on the fake: whatever is interrupted, the log ends up whole and in order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.outbox import Cause, Relay, Timing
from shared.outbox.ports import LANES
from tests.component.outbox.faults import Faulty, FaultyStorage
from tests.component.outbox.probe import begin, counters, step, two_steps
from tests.component.outbox.world import MemoryWorld, by_subject, first_deliveries
from tests.support.waiting import eventually

HASTY = Timing(
    lease=0.12, renew=0.02, wave=0.04, margin=0.01, again=0.02, poll=0.005, clocks=1.0, cluster=0.0
)
Fault = tuple[int, str]  # which call of this life, and what happens to it
STEPS = {"pending", "produce", "append", "trim", "renew", "take", "cluster", "saw_cluster", "window"}

faults = st.tuples(
    st.integers(0, 25), st.sampled_from(["lost before", "lost after", "dead before", "dead after"])
)
lives = st.lists(st.lists(faults, max_size=4), min_size=1, max_size=4)
writes = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=25)


class Life:
    """The calls of one relay's life, some of which are lost or are its last."""

    def __init__(self, plan: list[Fault]) -> None:
        self._plan = dict(plan)
        self._calls = 0
        self._dead: bool = False

    async def __call__(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        fate = ""
        if name in STEPS:
            fate = self._plan.get(self._calls, "")
            self._calls += 1
        self._dead = self._dead or fate == "dead before"
        if self._dead or fate == "lost before":
            raise Unavailable("gone")
        answer = await call()
        if fate == "dead after":
            self._dead = True
        if fate:
            raise Unavailable("gone")
        return answer


async def play(plans: list[list[Fault]], steps: list[tuple[int, bool]], wipe: bool) -> None:
    world = MemoryWorld()
    outbox = counters(world.storage(), SystemClock())
    await outbox.open()
    for n in range(4):
        await outbox.create(f"c{n}", begin(), Cause("reporter"))
    relays = [asyncio.create_task(_life(world, plan)) for plan in plans]
    for number, (which, twice) in enumerate(steps):
        await outbox.update(f"c{which}", two_steps if twice else step, Cause("reporter"))
        if wipe and number == len(steps) // 2:
            world.cluster.wipe()
        await asyncio.sleep(0.003)
    for relay in relays:
        relay.cancel()
    await asyncio.wait(relays)
    survivor = asyncio.create_task(_life(world, []))
    expected = {f"c{n}": list(range(1, (await outbox.get(f"c{n}")).sequence + 1)) for n in range(4)}

    async def whole() -> bool:
        sent = {id: first_deliveries(found) for id, found in by_subject(world.cluster.records).items()}
        backlog = await outbox.store.backlog(range(LANES))
        return backlog.events == 0 and sent == expected

    await eventually(whole, within=5)
    survivor.cancel()
    await asyncio.wait({survivor})
    entries = [
        entry for lane in range(LANES) for entry in await world.storage().journal.window(lane, 0, 10_000)
    ]
    found = by_subject(entry.event for entry in entries)
    assert {id: first_deliveries(sequences) for id, sequences in found.items()} == expected
    for lane in range(LANES):
        numbers = [entry.n for entry in entries if entry.lane == lane]
        assert numbers == list(range(1, len(numbers) + 1))
    await outbox.close()


async def _life(world: MemoryWorld, plan: list[Fault]) -> None:
    life = Life(plan)
    outbox = counters(FaultyStorage(world.storage(), life), SystemClock())
    await Relay([outbox], Faulty(world.log(), life), "r", timing=HASTY).run()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans=lives, steps=writes, wipe=st.booleans())
def test_whatever_is_interrupted_nothing_is_lost_or_overtaken(
    plans: list[list[Fault]], steps: list[tuple[int, bool]], wipe: bool
) -> None:
    asyncio.run(play(plans, steps, wipe))
