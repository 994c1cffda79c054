"""Processes that die or freeze between two awaits, and a loop on which waiting costs no time.

Everything that a process starts belongs to it. When it dies, at the step that it was given, no line of it
runs any more, no `finally` and no `except`: as after `kill -9`, what it had sent may still arrive, and its
memory is gone. Frozen, it goes on where it stood once it is thawed, as after SIGSTOP.
"""

import asyncio
import gc
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any, Literal

Fate = Literal["dies", "freezes"]
_AWAITS_ON_THE_WAY_OUT = 100
_current: ContextVar["Process | None"] = ContextVar("process", default=None)


class Process:
    """`at`: the step, counted over all its tasks, in whose place it meets its fate; None for never."""

    def __init__(self, at: int | None = None, fate: Fate = "dies") -> None:
        self._at, self._fate = at, fate
        self.steps = 0
        self.dead = self.frozen = self.buried = False
        self._stood_still = asyncio.Event()
        self._parts: list[_Stepped] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self._waiting: list[asyncio.Future[None]] = []

    def start(self, main: Coroutine[Any, Any, Any]) -> "Process":
        context = copy_context()
        context.run(_current.set, self)
        self._main = asyncio.get_running_loop().create_task(main, context=context)
        return self

    async def ended(self) -> None:
        """Returns once it has ended by itself, died or frozen. Raises what it ended with."""
        still = asyncio.ensure_future(self._stood_still.wait())
        try:
            await asyncio.wait({self._main, still}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            still.cancel()
        if self._main.done():
            self._main.result()

    def meet(self, fate: Fate) -> None:
        self.dead, self.frozen = self.dead or fate == "dies", True
        self._stood_still.set()

    def thaw(self) -> None:
        if not self.dead:
            self.frozen = False
            self._stood_still.clear()
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    async def stop(self) -> None:
        """SIGTERM for one that lives; what is left of one that does not is cleared away."""
        self._at = None
        if self.buried:
            return
        if not self.frozen:
            self._main.cancel()
            await asyncio.wait({self._main})
        self.meet("dies")
        self.buried = True
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for part in self._parts:
            part.clear_away()

    def takes_a_step(self) -> bool:
        if self.frozen:
            return False
        self.steps += 1
        if self.steps == self._at:
            self.meet(self._fate)
        return not self.frozen

    def until_thawed(self) -> Any:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future.__await__().send(None)  # as `await future` does, which marks it as awaited

    def adopt(self, part: "_Stepped", task: asyncio.Task[Any]) -> None:
        self._parts.append(part)
        self._tasks.append(task)


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine that goes from one await to the next only while its process lives and is not frozen."""

    def __init__(self, inner: Coroutine[Any, Any, Any], process: Process) -> None:
        self._inner, self._process = inner, process
        self._next: Callable[[], Any] | None = None

    def send(self, value: Any) -> Any:
        if self._next is None:
            self._next = partial(self._inner.send, value)
        return self._go_on()

    def throw(self, *error: Any) -> Any:
        if self._process.buried:
            raise error[0]
        self._next = partial(self._inner.throw, *error)
        return self._go_on()

    def close(self) -> None:
        self.clear_away()

    def clear_away(self) -> None:
        """Nothing that the code of a dead process still does on its way out is of interest, and it may not
        wait: it is told to close wherever it would."""
        for _ in range(_AWAITS_ON_THE_WAY_OUT):
            try:
                self._inner.close()
            except RuntimeError:
                continue  # it awaits in a `finally`
            except BaseException:  # noqa: BLE001 - whatever a dead process ends with
                return
            return

    def __await__(self) -> Any:
        raise NotImplementedError("a task's outermost coroutine")

    def _go_on(self) -> Any:
        if self._next is None or not self._process.takes_a_step():
            return self._process.until_thawed()
        step, self._next = self._next, None
        return step()


def let_processes_die(loop: asyncio.AbstractEventLoop) -> None:
    """From now on what a process starts on this loop is the process's."""
    loop.set_task_factory(_mortal_task)  # type: ignore[arg-type]  # no generators are started


def _mortal_task(
    loop: asyncio.AbstractEventLoop, inner: Coroutine[Any, Any, Any], **options: Any
) -> asyncio.Task[Any]:
    context = options.get("context")
    process = _current.get() if context is None else context.get(_current)
    if process is None:
        return asyncio.Task(inner, loop=loop, **options)
    part = _Stepped(inner, process)
    task: asyncio.Task[Any] = asyncio.Task(part, loop=loop, **options)
    process.adopt(part, task)
    return task


@contextmanager
def the_dead_are_silent() -> Iterator[None]:
    """What a dead process would still have awaited on its way out is an error to Python when it collects it,
    and to pytest a failure; here it is a death."""
    told, sys.unraisablehook = sys.unraisablehook, lambda unraisable: None
    try:
        yield
        gc.collect()
    finally:
        sys.unraisablehook = told


class HurriedLoop(asyncio.SelectorEventLoop):
    """When nothing is left to do its clock jumps to the next timer: waiting takes no time, and no run
    differs from another."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Hurried(self))

    def time(self) -> float:
        return self._now

    def hurry(self, seconds: float) -> None:
        self._now += seconds


class _Hurried(selectors.SelectSelector):
    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nobody has anything left to do")
        if timeout > 0:
            self._loop.hurry(timeout)
        return super().select(0)
