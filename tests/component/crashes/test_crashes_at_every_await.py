"""One life of each kind, ended or frozen at every await that it comes to, one after another.

In memory, and on a clock that waits for nobody. Each of these was tried, and found here: `pending` trimmed
before Kafka has acknowledged, or before the journal has it; the batch committed before its effects are
stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from tests.component.crashes.trial import NAMES, Trial
from tests.component.crashes.worlds import InMemory
from tests.support.mortal import Fate, HurriedLoop, Process, let_processes_die

Begin = Callable[[Trial, int | None, Fate], Awaitable[Process]]
A_WHILE = 0.3  # longer than any lease in memory


async def relay(trial: Trial, at: int | None, fate: Fate) -> Process:
    return await trial.relay(at, fate)


async def consumer(trial: Trial, at: int | None, fate: Fate) -> Process:
    await trial.relay()
    return await trial.consumer(at, fate)


async def ask(trial: Trial, rounds: int) -> None:
    for _ in range(rounds):
        for name in NAMES:
            await trial.command(name, twice=name == "c1")


async def a_life(begin: Begin, at: int | None, fate: Fate) -> int:
    """Plays it, heals and checks; returns the steps that the life had until all was quiet."""
    trial = Trial(InMemory())
    await trial.open()
    await ask(trial, rounds=2)
    process = await begin(trial, at, fate)
    if begin is relay:
        await trial.consumer()
    await trial.until_quiet(process)
    steps = process.steps
    if fate == "freezes":
        await begin(trial, None, "dies")
        await asyncio.sleep(A_WHILE)
        await ask(trial, rounds=1)
        process.thaw()
        await asyncio.sleep(A_WHILE)
    await trial.heal()
    await trial.check()
    await trial.close()
    return steps


def played(life: Coroutine[Any, Any, int]) -> int:
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        let_processes_die(runner.get_loop())
        return runner.run(life)


@pytest.mark.parametrize("fate", ["dies", "freezes"])
@pytest.mark.parametrize("begin", [relay, consumer])
def test_wherever_a_life_is_interrupted_every_promise_is_kept(begin: Begin, fate: Fate) -> None:
    longest = played(a_life(begin, None, "dies"))
    assert longest > 30, "a life this short has nothing to interrupt"
    for at in range(1, longest + 1):
        played(a_life(begin, at, fate))


def test_wherever_a_caller_is_cut_off_what_was_answered_is_kept() -> None:
    async def cut_off(at: int) -> int:
        trial = Trial(InMemory())
        await trial.open()
        for name in NAMES[:2]:
            for _ in range(3):
                await trial.command(name, twice=False, at=at)
                await trial.command(name, twice=True)
        longest = max(process.steps for process in trial.processes)
        await trial.heal()
        await trial.check()
        await trial.close()
        return longest

    at = 1
    while played(cut_off(at)) >= at:
        at += 1
    assert at > 5
