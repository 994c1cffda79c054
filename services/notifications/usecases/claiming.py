"""Deliveries claimed ahead: one claim of many costs hardly more than a claim of one.

What is claimed and cannot be begun in time is let go: its claim ends by itself. What is left at the end is
given back at once, so that another replica need not wait for that.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notifications.domain.webhooks import Status, Webhook, valid_secrets
from services.notifications.usecases.deliveries import Deliveries, Delivery, Registry
from shared.clock import Clock
from shared.errors import NotFound
from shared.events import Event
from shared.sealing import Sealer

CLAIM: Final = timedelta(seconds=60)
BEGUN_BEFORE: Final = timedelta(seconds=40)  # a post may take fifteen more and still end within its claim
MISSING: Final = timedelta(seconds=60)  # to wait for an entry of the log that is not there
# A webhook that was disabled, or whose secret was changed, by another replica is sent to for so long at most.
FRESH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook opened for sending."""

    url: str
    secrets: Sequence[str]


@dataclass(slots=True)
class _Ahead:
    target: Target
    opened: float
    begun_before: datetime
    waiting: deque[tuple[Delivery, Event]]


class Claims:
    """What this replica has claimed and not begun, by webhook. `monotonic` gives seconds."""

    def __init__(
        self,
        registry: Registry,
        deliveries: Deliveries,
        sealer: Sealer,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._deliveries = deliveries
        self._sealer = sealer
        self._clock = clock
        self._monotonic = monotonic
        self._ahead: dict[str, _Ahead] = {}

    def webhooks(self) -> Sequence[str]:
        """Those for which something is claimed."""
        return list(self._ahead)

    async def claim(self, webhook: str, most: int) -> bool:
        """Claim up to so many of what is due. True if there may be more. Raises Unsealable, Unavailable."""
        now = self._clock.now()
        target = await self._open(webhook)
        if target is None:
            await self._deliveries.drop(webhook, now)
            return False
        claimed = await self._deliveries.claim(webhook, now, most, now + CLAIM)
        events = await self._deliveries.events([one.event for one in claimed]) if claimed else {}
        missing = [one for one in claimed if one.event not in events]
        await self._deliveries.put_off(missing, now + MISSING)  # the log is being filled anew
        found = deque((one, events[one.event]) for one in claimed if one.event in events)
        if found:
            self._ahead[webhook] = _Ahead(target, self._monotonic(), now + BEGUN_BEFORE, found)
        return len(claimed) == most

    async def take(self, webhook: str) -> tuple[Target, Delivery, Event] | None:
        """The next that may be begun; None when nothing is left. Raises Unsealable, Unavailable."""
        ahead = self._ahead.get(webhook)
        if ahead is None:
            return None
        if self._clock.now() >= ahead.begun_before:
            del self._ahead[webhook]
            return None
        if self._monotonic() > ahead.opened + FRESH_SECONDS:
            target = await self._open(webhook)
            if target is None:
                del self._ahead[webhook]
                await self._deliveries.drop(webhook, self._clock.now())
                return None
            ahead.target, ahead.opened = target, self._monotonic()
        delivery, event = ahead.waiting.popleft()
        if not ahead.waiting:
            del self._ahead[webhook]
        return ahead.target, delivery, event

    def forget(self, webhook: str) -> None:
        """Begin nothing more of what is claimed for it."""
        self._ahead.pop(webhook, None)

    async def give_back(self) -> None:
        """All that was claimed and not begun is due at once. Raises Unavailable."""
        left = [delivery for ahead in self._ahead.values() for delivery, _ in ahead.waiting]
        self._ahead = {}
        await self._deliveries.put_off(left, self._clock.now())

    async def _open(self, webhook: str) -> Target | None:
        try:
            state: Webhook = (await self._registry.get(webhook)).state
        except NotFound:
            return None
        if state.status is not Status.ENABLED or state.key is None or state.url is None:
            return None
        key = state.key
        opened = [
            self._sealer.open(key, webhook, secret.id, secret.sealed)
            for secret in valid_secrets(state, self._clock.now())
        ]
        return Target(self._sealer.open(key, webhook, "url", state.url), opened)
