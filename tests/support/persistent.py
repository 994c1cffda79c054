"""A caller that does not give up: each call goes to one replica after the other until one answers it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.system import Replica, System

_WITHIN = 90.0
_PAUSE = 0.1


@dataclass
class Persistent:
    """Calls of one person after another on a system that may break meanwhile. A call without a key that was
    carried out, its answer lost, is refused as unlawful (409) when it comes again. `doors` gives the replicas
    of a service to try, in order; None: all of them.
    """

    system: System
    client: httpx.AsyncClient
    doors: Callable[[str], Sequence[Replica]] | None = field(default=None)

    async def post(
        self,
        service: str,
        path: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any],
        *,
        key: str | None = None,
        until: Sequence[int] = (200, 201),
    ) -> httpx.Response:
        """The answer with one of the statuses `until`; after a repeat 409 counts as done, too. Anything else
        that is not a fault of the system's (5xx, no answer) fails the test."""
        sent = {**headers, "Idempotency-Key": key} if key else dict(headers)
        before = False
        try:
            async with asyncio.timeout(_WITHIN):
                while True:
                    for door in self.of(service):
                        answer = await self._once(door, path, sent, body)
                        if answer is not None and (
                            answer.status_code in until or (before and answer.status_code == 409)
                        ):
                            return answer
                        if answer is not None and answer.status_code < 500 and answer.status_code != 404:
                            raise AssertionError(f"{service} {path}: {answer.status_code} {answer.text}")
                        before = True
                        await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise AssertionError(f"{service} {path}: not answered within {_WITHIN} s") from None

    def of(self, service: str) -> Sequence[Replica]:
        return (self.doors or self.system.of)(service)

    async def _once(
        self, door: Replica, path: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> httpx.Response | None:
        try:
            return await self.client.post(door.url + path, headers=dict(headers), json=dict(body))
        except httpx.HTTPError:
            return None
