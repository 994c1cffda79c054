"""Plays faults one after the other, each within its part of the seconds, and tells how it goes."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from deploy.local.failure import CannotStart
from tests.chaos.outcome import Fault
from tests.chaos.stage import Stage
from tests.chaos.table import Row
from tests.chaos.world import SYSTEMS, World, world


@dataclass
class Programme:
    """`faults` in their order; those that need "one" share a stack, which lives until the last of them."""

    faults: Sequence[Fault]
    seed: str
    seconds: float
    aim: str = ""
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="liengia-chaos-")))
    _began: float = field(default_factory=time.monotonic)

    def elapsed(self) -> float:
        return time.monotonic() - self._began

    def clean_up(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    async def play(self) -> list[Row]:
        """One row per fault, whatever became of it."""
        rows = {fault.name: Row(fault) for fault in self.faults}
        alone = [fault for fault in self.faults if fault.needs != "one"]
        shared = [fault for fault in self.faults if fault.needs == "one"]
        for group in ([shared] if shared else []) + [[fault] for fault in alone]:
            await self._on_one_stack(group, rows)
        return list(rows.values())

    async def _on_one_stack(self, faults: Sequence[Fault], rows: dict[str, Row]) -> None:
        first = faults[0]
        if first.needs not in SYSTEMS:
            rows[first.name].outcome.not_run = f"there is no stack of {first.needs} here"
            return
        say = partial(self._say, first.name)
        say("the stack starts")
        async with AsyncExitStack() as ends:
            try:
                stack = world(self.folder / first.name, first.needs, self.seed)
                running = await ends.enter_async_context(stack)
            except (CannotStart, AssertionError) as failure:
                for fault in faults:
                    rows[fault.name].trouble = f"the stack did not start: {failure}"
                return
            for fault in faults:
                await self._one(fault, running, rows[fault.name])

    async def _one(self, fault: Fault, running: World, row: Row) -> None:
        say = partial(self._say, fault.name)
        stage = Stage(
            fault.name, running, Random(f"{self.seed}/{fault.name}"), self._share(fault), say, self.aim
        )
        say(f"{fault.title} ({stage.seconds:.0f} s)")
        failures = len(running.traffic.failures)
        try:
            row.outcome = await fault.play(stage)
            if not row.outcome.times and row.outcome.not_run:
                return
            say("settling")
            await stage.settle()
            say("reconciling")
            row.findings = await stage.reconcile()
        except Exception as error:  # noqa: BLE001 - the boundary of one fault: the others are still played
            row.trouble = f"{type(error).__name__}: {' '.join(str(error).split())[:600]}"
        row.outcome.failures += running.traffic.failures[failures:][:10]
        say(" ".join(row.cells()[2:]))
        for remark in row.remarks():
            say(remark)

    def _share(self, fault: Fault) -> float:
        return self.seconds * fault.share / sum(one.share for one in self.faults)

    def _say(self, name: str, text: str) -> None:
        print(f"[{self.elapsed():5.0f} s] {name:3} {text}", flush=True)
