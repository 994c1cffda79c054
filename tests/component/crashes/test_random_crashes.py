"""A machine that brings façades, relays and a consumer through crashes and freezes between any two awaits.

What it found when it was tried on broken code stands in `test_crashes_at_every_await.py`; that one ends every
life at every place, this one puts many lives through each other, on the real parts too.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.component.crashes.trial import NAMES, Trial
from tests.component.crashes.worlds import InMemory, Real, World
from tests.support.mortal import Fate, HurriedLoop, Process, let_processes_die, the_dead_are_silent
from tests.support.stack import FreshDatabase, GivenKafka

# Without shrinking: a failure names its rules, and the test at every await has the short cases.
SAME_EVERY_TIME = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
IN_MEMORY = settings(SAME_EVERY_TIME, max_examples=80, stateful_step_count=20)
ON_REAL_PARTS = settings(SAME_EVERY_TIME, max_examples=3, stateful_step_count=10)
fates = st.sampled_from(["dies", "freezes"])


class Crashes(RuleBasedStateMachine):
    """`world`: a new one for each example. `longest`: a step before which most of a life's work is done.
    `a_while`: seconds after which the lease of one who died has ended."""

    def __init__(
        self, world: World, loop: Callable[[], asyncio.AbstractEventLoop], longest: int, a_while: float
    ) -> None:
        super().__init__()
        self._runner = asyncio.Runner(loop_factory=loop)
        let_processes_die(self._runner.get_loop())
        self._trial = Trial(world)
        self._longest, self._a_while = longest, a_while

    def _run(self, what: Coroutine[Any, Any, Any]) -> None:
        self._runner.run(what)

    async def _lives(self, life: Callable[..., Any], others: list[Process], at: int, fate: Fate) -> None:
        """Others of its kind that live give way first, or they would leave it nothing to do."""
        for other in others:
            if not other.frozen:
                await other.stop()
        process = await life(max(1, at * self._longest // 100), fate)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._a_while):
                await process.ended()

    @initialize()
    def open(self) -> None:
        self._run(self._trial.open())

    @rule(name=st.sampled_from(NAMES), twice=st.booleans())
    def somebody_asks(self, name: str, twice: bool) -> None:
        self._run(self._trial.command(name, twice))

    @rule(name=st.sampled_from(NAMES), twice=st.booleans(), at=st.integers(1, 12))
    def a_facade_dies(self, name: str, twice: bool, at: int) -> None:
        self._run(self._trial.command(name, twice, at))

    @rule(at=st.integers(1, 100), fate=fates)
    def a_relay_lives_so_long(self, at: int, fate: Fate) -> None:
        self._run(self._lives(self._trial.relay, self._trial.relays, at, fate))

    @rule(at=st.integers(1, 100), fate=fates)
    def a_consumer_lives_so_long(self, at: int, fate: Fate) -> None:
        self._run(self._lives(self._trial.consumer, self._trial.consumers, at, fate))

    @precondition(lambda self: any(process.frozen for process in self._trial.processes))
    @rule()
    def what_was_frozen_goes_on(self) -> None:
        self._run(self._trial.thaw_all())

    def teardown(self) -> None:
        try:
            self._run(self._trial.heal())
            self._run(self._trial.check())
        finally:
            self._run(self._trial.close())
            self._runner.close()


def test_random_crashes_in_memory_break_no_promise() -> None:
    def begin() -> Crashes:
        return Crashes(InMemory(), HurriedLoop, longest=100, a_while=0.3)

    with the_dead_are_silent():
        run_state_machine_as_test(begin, settings=IN_MEMORY)  # type: ignore[arg-type]


def test_random_crashes_on_mongod_and_kafka_break_no_promise(
    kafka: GivenKafka, fresh_database: FreshDatabase
) -> None:
    def begin() -> Crashes:
        world = Real(fresh_database.url, fresh_database.name, kafka.bootstrap)
        return Crashes(world, asyncio.new_event_loop, longest=400, a_while=1.0)

    with the_dead_are_silent():
        run_state_machine_as_test(begin, settings=ON_REAL_PARTS)  # type: ignore[arg-type]
