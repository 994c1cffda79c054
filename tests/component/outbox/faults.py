"""What goes wrong between the outbox and the parts it stands on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from shared.errors import Unavailable
from shared.outbox import Storage

Call = Callable[[], Awaitable[Any]]
Around = Callable[[str, Call], Awaitable[Any]]


class Faulty:
    """A port whose calls pass through `around`: it may fail before a call, after it (a lost answer), or hold
    it."""

    def __init__(self, port: Any, around: Around) -> None:
        self._port, self._around = port, around

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name == "abort":
            return method  # ends what is ours; it asks nobody, so it cannot fail

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self._around(name, lambda: method(*arguments, **named))

        return call


class FaultyStorage:
    """A storage all of whose calls pass through `around`."""

    def __init__(self, storage: Storage, around: Around) -> None:
        self._storage, self._around = storage, around

    def aggregates(self, name: str) -> Any:
        return Faulty(self._storage.aggregates(name), self._around)

    def history(self, name: str) -> Any:
        return Faulty(self._storage.history(name), self._around)

    @property
    def lanes(self) -> Any:
        return Faulty(self._storage.lanes, self._around)

    @property
    def journal(self) -> Any:
        return Faulty(self._storage.journal, self._around)


class Interference:
    """Counts the calls of each kind; `before` and `after` hold how many of a kind fail then."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.after: dict[str, int] = {}

    async def __call__(self, name: str, call: Call) -> Any:
        self.calls[name] = self.calls.get(name, 0) + 1
        self._fail(self.before, name)
        answer = await call()
        self._fail(self.after, name)
        return answer

    def _fail(self, plan: dict[str, int], name: str) -> None:
        if plan.get(name, 0) > 0:
            plan[name] -= 1
            raise Unavailable("away")


class Crash:
    """Before or after the first call of one kind the process is dead: that call and every later one fail."""

    def __init__(self, name: str, when: str) -> None:
        self._name, self._when = name, when
        self.dead = asyncio.Event()

    async def __call__(self, name: str, call: Call) -> Any:
        if name == self._name and self._when == "before":
            self.dead.set()
        if self.dead.is_set():
            raise Unavailable("dead")
        answer = await call()
        if name == self._name:
            self.dead.set()
            raise Unavailable("dead")
        return answer
