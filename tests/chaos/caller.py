"""A client of the open-loop traffic: one intention, as many attempts as it takes, each at another replica."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.system import Replica

GIVES_UP_AFTER = 120.0
AT_ONCE = 96  # requests under way; the client has connections for more
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Doors = Callable[[str], Sequence[Replica]]


@dataclass(frozen=True, slots=True)
class Answered:
    """`status` 0: nobody ever answered. `lost`: whether an earlier attempt's answer was lost, so that it may
    have been carried out before this answer."""

    status: int
    body: Mapping[str, Any]
    lost: bool

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Caller:
    """Asks the doors of a service in turn. `cut`: requests whose connection broke after they were sent,
    `refused`: answers 429 and 5xx by status, `took`: (when, seconds) of the latest answers 2xx."""

    client: httpx.AsyncClient
    doors: Doors
    cut: list[str] = field(default_factory=list)
    refused: "Counter[int]" = field(default_factory=Counter)
    took: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=100_000))
    _turn: int = 0
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def post(
        self, service: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Answered:
        """The first answer that is no refusal of the moment (429, 5xx); the same headers every time."""
        until = time.monotonic() + GIVES_UP_AFTER
        lost, pause = False, _PAUSE
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                # Room first, then the door: one chosen earlier may be closing when its turn comes.
                async with self._room:
                    door = self._door(service)
                    answer = await self.client.post(door.url + path, json=dict(body), headers=dict(headers))
            except NOT_SENT:
                pass
            except httpx.HTTPError as error:
                lost = True
                self.cut.append(f"{door.child.name} {path}: {type(error).__name__}")
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    if answer.is_success:
                        self.took.append((began, time.monotonic() - began))
                    return Answered(answer.status_code, answer.json(), lost)
                lost = lost or answer.status_code >= 500  # 503 may have been stored all the same
                self.refused[answer.status_code] += 1
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return Answered(0, {}, lost)

    def _door(self, service: str) -> Replica:
        doors = self.doors(service)
        self._turn += 1
        return doors[self._turn % len(doors)]
