"""How the receivers of webhooks are doing: which fail, which asked to be left alone, which are given up."""

from collections.abc import Set
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from services.notifications.domain.attempts import FAILING_FOR, Answer, Outcome, wish
from services.notifications.domain.webhooks import Reason
from services.notifications.usecases.deliveries import Attempts, Readings
from shared.clock import Clock
from shared.errors import Conflict, NotFound


class Disable(Protocol):
    """The use case that disables a webhook. Raises NotFound, Conflict, Unavailable."""

    async def __call__(self, webhook: str, reason: Reason) -> None: ...


class Receivers:
    """What this replica has learnt. Since when a receiver fails is kept in the database."""

    def __init__(self, readings: Readings, attempts: Attempts, disable: Disable, clock: Clock) -> None:
        self._readings = readings
        self._attempts = attempts
        self._disable = disable
        self._clock = clock
        self._failing: set[str] = set()
        self._resting: dict[str, datetime] = {}

    @property
    def failing(self) -> Set[str]:
        """Webhooks whose last post failed."""
        return self._failing

    def resting(self, webhook: str) -> bool:
        """Whether its receiver asked to be left alone for now (429 and 503 with Retry-After)."""
        until = self._resting.get(webhook)
        if until is not None and until <= self._clock.now():
            del self._resting[webhook]
            until = None
        return until is not None

    def rest(self, webhook: str, time: timedelta) -> None:
        """Leave it alone for so long."""
        self._resting[webhook] = self._clock.now() + time

    async def learn(self, webhook: str, answer: Answer, outcome: Outcome) -> None:
        """Take an outcome into account; may disable the webhook. Raises Unavailable."""
        if outcome is Outcome.DELIVERED:
            if webhook in self._failing:
                self._failing.discard(webhook)
                await self._readings.well(webhook)
        elif outcome is Outcome.GONE:
            await self._give_up(webhook, Reason.GONE)
        else:
            await self._failed(webhook, answer)

    async def _failed(self, webhook: str, answer: Answer) -> None:
        now = self._clock.now()
        self._failing.add(webhook)
        if (asked := wish(answer)) is not None:
            self.rest(webhook, asked)
        since = await self._readings.failing(webhook, now)
        if now - since < FAILING_FOR:
            return
        # Another replica may have got something through without knowing that it failed here.
        if await self._attempts.delivered_since(webhook, since):
            await self._readings.well(webhook)
        else:
            await self._give_up(webhook, Reason.FAILING)

    async def _give_up(self, webhook: str, reason: Reason) -> None:
        with suppress(Conflict, NotFound):  # it was disabled or removed meanwhile
            await self._disable(webhook, reason)
        self._failing.discard(webhook)
