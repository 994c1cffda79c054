"""The world in which the behaviour suite of consuming runs, and the one in memory."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from shared.clock import SystemClock
from shared.consume.batch import Batches, TooMuchPoison
from shared.consume.effects import BulkEffects
from shared.consume.reactions import Reactions
from shared.consume.reading import Effects, Reader
from shared.consume.record import Headers, RejectHook
from tests.support.consume_probe import Message, contract_for
from tests.support.memory_consume import MemoryDeadLetters, MemoryEffects, MemoryLog, MemoryPark

_numbers = itertools.count(1)
Stop = Callable[[], Any]


@dataclass(frozen=True)
class DeadLetter:
    reason: str
    key: bytes | None
    value: bytes | None
    headers: Headers


class World(Protocol):
    """Where the consumer runs. `facts` and `copies` are what effects write to."""

    facts: Any
    copies: Any
    topic: str
    group: str

    def status(self) -> Mapping[str, Any]: ...
    async def start(
        self, effects: Effects, rejects: Mapping[str, RejectHook] | None = None, poison_per_minute: int = 100
    ) -> Stop: ...
    async def publish(self, messages: Sequence[Message]) -> None: ...
    async def rows(self) -> dict[str, dict[str, Any]]: ...
    async def copied(self) -> dict[str, dict[str, Any]]: ...
    async def dead_letters(self) -> list[DeadLetter]: ...
    async def replay(self) -> int: ...
    async def skip(self, key: str) -> bool: ...
    async def parked(self) -> Mapping[str, int]: ...
    async def all_consumed(self) -> bool: ...
    async def close(self) -> None: ...


async def cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


class MemoryWorld:
    """The same code between reading and committing, on stores in memory and a list for a log."""

    def __init__(self) -> None:
        self.facts: dict[str, dict[str, Any]] = {}
        self.copies: dict[str, dict[str, Any]] = {}
        self.topic = "probe.v1"
        self.group = f"probe-{next(_numbers)}"
        self.store, self.park, self.letters = MemoryEffects(), MemoryPark(), MemoryDeadLetters()
        self.log = MemoryLog()
        self._stopped = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(
        self, effects: Effects, rejects: Mapping[str, RejectHook] | None = None, poison_per_minute: int = 100
    ) -> Stop:
        clock, reader = SystemClock(), Reader(effects, contract_for)
        reactions = Reactions(group=self.group, effects=effects, reader=reader, park=self.park, clock=clock)
        batches = Batches(
            group=self.group,
            reader=reader,
            bulk=BulkEffects(group=self.group, effects=effects, store=self.store, clock=clock),
            reactions=reactions,
            dead_letters=self.letters,
            clock=clock,
            rejects=rejects or {},
            poison_per_minute=poison_per_minute,
        )
        self._stopped = False
        task = asyncio.create_task(self._consume(batches))
        self._tasks.append(task)
        return lambda: cancel(task)

    async def _consume(self, batches: Batches) -> None:
        member = self.log.join()
        while True:
            await asyncio.sleep(0.005)
            batch = self.log.batch(member)
            try:
                if batch and not self._stopped:
                    await batches.handle(batch)
                    await self.log.commit(member, batch[-1].offset + 1)
                while await batches.retry_parked():
                    pass
            except TooMuchPoison:
                self._stopped = True
            except Exception:  # noqa: BLE001 - as the consumer loop does: the batch comes again
                continue

    def status(self) -> Mapping[str, Any]:
        return {"state": "stopped" if self._stopped else "running"}

    async def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.log.append(self.topic, message)

    async def rows(self) -> dict[str, dict[str, Any]]:
        return dict(self.facts)

    async def copied(self) -> dict[str, dict[str, Any]]:
        return dict(self.copies)

    async def dead_letters(self) -> list[DeadLetter]:
        return [
            DeadLetter(one.reason, one.record.key, one.record.value, one.record.headers)
            for one in self.letters.kept
        ]

    async def replay(self) -> int:
        messages = self.letters.replay()
        for message in messages:
            self.log.append(f"{self.group}.retry", message)
        return len(messages)

    async def skip(self, key: str) -> bool:
        return await self.park.ask_skip(key, datetime.now(UTC))

    async def parked(self) -> Mapping[str, int]:
        return await self.park.counts()

    async def all_consumed(self) -> bool:
        return self.log.committed == len(self.log.records)

    async def close(self) -> None:
        for task in self._tasks:
            await cancel(task)
