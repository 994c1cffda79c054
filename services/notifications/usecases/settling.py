"""What became of posts, written down together: those that end at the same time share two writes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifications.usecases.deliveries import Attempt, Delivery
from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Settled:
    """How one attempt ended. The delivery has ended in `state`, or is due `again`."""

    delivery: Delivery
    attempt: Attempt
    state: str | None = None
    again: datetime | None = None


class Deliveries(Protocol):
    async def settle(self, settled: Sequence[Settled]) -> None: ...


class Attempts(Protocol):
    async def note(self, attempts: Sequence[Attempt]) -> None: ...


class Settling:
    """Whoever finds nobody writing writes for all who wait."""

    def __init__(self, deliveries: Deliveries, attempts: Attempts) -> None:
        self._deliveries = deliveries
        self._attempts = attempts
        self._waiting: list[tuple[Settled, asyncio.Future[None]]] = []
        self._turn = asyncio.Lock()

    async def add(self, settled: Settled) -> None:
        """Returns once it is written. Raises Unavailable: the claim then ends by itself, and it is sent again
        under the same id.
        """
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, written))
        async with self._turn:
            if not written.done():
                await self._write()
        await written

    async def _write(self) -> None:
        group, self._waiting = self._waiting, []
        failure: Unavailable | None = Unavailable("The writing was cut short.")
        try:
            await self._deliveries.settle([settled for settled, _ in group])
            await self._attempts.note([settled.attempt for settled, _ in group])
            failure = None
        except Unavailable as error:
            failure = error
        finally:
            for _, written in group:
                if written.done():
                    continue
                if failure is None:
                    written.set_result(None)
                else:
                    written.set_exception(Unavailable(failure.detail, code=failure.code))
