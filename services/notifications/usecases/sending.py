"""Sending: due deliveries are claimed, signed and posted; a receiver that is slow or fails costs no other.

A delivery is claimed by moving its due time, so of two replicas one gets it; one that dies in the middle
leaves it to be sent again under the same `webhook-id` when the claim ends.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson

from services.notifications.domain.attempts import (
    SCHEDULE,
    Answer,
    Outcome,
    judge,
    next_attempt,
)
from services.notifications.usecases.claiming import MISSING, Claims, Target
from services.notifications.usecases.deliveries import Attempt, Deliveries, Delivery, Registry
from services.notifications.usecases.receivers import Receivers
from services.notifications.usecases.settling import Settled, Settling
from services.notifications.usecases.signing import signed
from shared import metrics
from shared.clock import Clock
from shared.errors import LiengiaError, Unavailable
from shared.events import Event, to_structured
from shared.sealing import Sealer, Unsealable

log = logging.getLogger(__name__)

SERVICE: Final = "notifications"
USER_AGENT: Final = "LienGia-Webhooks"
_LAST_SECONDS: Final = 5.0

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many posts are under way at once, and how often a replica looks for what is due. Receivers that
    fail have a pool of their own, one post each: however many of them hang, the others have their room.
    `ahead`: how many are claimed together for one that is well.
    """

    each: int = 4
    well: int = 48
    failing: int = 16
    look_seconds: float = 0.5
    ahead: int = 32
    schedule: tuple[timedelta, ...] = SCHEDULE


class Sender:
    """Sends until cancelled; then what is under way may end. `wake` tells of fresh deliveries."""

    def __init__(
        self,
        registry: Registry,
        receivers: Receivers,
        deliveries: Deliveries,
        settling: Settling,
        *,
        post: Post,
        sealer: Sealer,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self._receivers = receivers
        self._deliveries = deliveries
        self._settling = settling
        self._post = post
        self._clock = clock
        self._limits = limits or Limits()
        self._claims = Claims(registry, deliveries, sealer, clock)
        self._flying: Counter[str] = Counter()
        self._look = True  # for what is due; posts that end make room for what is claimed already
        self._more: set[str] = set()  # webhooks that had more due than was claimed
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._look = True
        self._news.set()

    def status(self) -> dict[str, int]:
        return {"under_way": sum(self._flying.values()), "failing_webhooks": len(self._receivers.failing)}

    async def run(self) -> None:
        """Raises Unavailable."""
        try:
            while True:
                self._news.clear()
                await self._begin_claimed()
                if self._look:
                    self._look = False
                    await self._claim_due()
                    await self._begin_claimed()
                try:
                    async with asyncio.timeout(self._limits.look_seconds):
                        await self._news.wait()
                except TimeoutError:
                    self._look = True
        finally:
            await self._end()

    async def _end(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_SECONDS)
        for task in self._tasks:
            task.cancel()
        try:
            await self._claims.give_back()
        except Unavailable:
            log.info("what is claimed waits until its claim ends")

    async def _claim_due(self) -> None:
        due = [id for id in await self._deliveries.due(self._clock.now()) if not self._receivers.resting(id)]
        random.shuffle(due)  # nobody is always the last to find room
        claimed = set(self._claims.webhooks())
        for webhook in due:
            if webhook in claimed or (room := self._room(webhook)) <= 0:
                self._more.add(webhook)
                continue
            most = room if webhook in self._receivers.failing else max(room, self._limits.ahead)
            with self._keyed(webhook):
                if await self._claims.claim(webhook, most):
                    self._more.add(webhook)

    async def _begin_claimed(self) -> None:
        for webhook in self._claims.webhooks():
            if self._receivers.resting(webhook):
                continue
            with self._keyed(webhook):
                while self._room(webhook) > 0 and (taken := await self._claims.take(webhook)):
                    self._flying[webhook] += 1
                    task = asyncio.create_task(self._send(*taken))
                    self._tasks.add(task)
                    task.add_done_callback(self._ended)
        # Whoever had more than was claimed, and has begun all of that, is looked at again at once.
        if ended := self._more - set(self._claims.webhooks()):
            self._more -= ended
            self._look = True

    @contextmanager
    def _keyed(self, webhook: str) -> Iterator[None]:
        """A webhook whose key is missing holds up no other."""
        try:
            yield
        except Unsealable:
            log.error("a webhook does not unseal: is a key missing?", extra={"webhook": webhook})
            self._claims.forget(webhook)
            self._receivers.rest(webhook, MISSING)

    def _room(self, webhook: str) -> int:
        """How many more posts to this webhook may begin."""
        failing = webhook in self._receivers.failing
        busy = sum(count for id, count in self._flying.items() if (id in self._receivers.failing) == failing)
        pool = self._limits.failing if failing else self._limits.well
        return min((1 if failing else self._limits.each) - self._flying[webhook], pool - busy)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its claim ends by itself, and it is sent again.
            kind = error.code if isinstance(error, LiengiaError) else type(error).__name__
            log.error("what became of a delivery could not be written down", extra={"kind": kind})

    def _make_room(self, webhook: str) -> None:
        self._flying[webhook] -= 1
        if self._flying[webhook] <= 0:
            del self._flying[webhook]
        self._news.set()

    async def _send(self, target: Target, delivery: Delivery, event: Event) -> None:
        began, webhook = time.monotonic(), delivery.webhook
        well = False
        try:
            answer = await self._post(target.url, *self._signed(target, delivery, event))
            outcome = judge(answer)
            metrics.WEBHOOK_ATTEMPTS.labels(SERVICE, outcome.value).inc()
            if well := outcome is Outcome.DELIVERED:
                self._make_room(webhook)  # the next need not wait until this one is written down
            milliseconds = round((time.monotonic() - began) * 1000)
            await self._settling.add(self._settled(delivery, answer, outcome, milliseconds))
            await self._receivers.learn(webhook, answer, outcome)
        finally:
            if not well:
                self._make_room(webhook)  # how much room there is has been learnt first

    def _signed(self, target: Target, delivery: Delivery, event: Event) -> tuple[Mapping[str, str], bytes]:
        body = orjson.dumps({**to_structured(event), "deliverynumber": delivery.number})
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": USER_AGENT,
            **signed(delivery.message, self._clock.now(), body, target.secrets),
        }
        return headers, body

    def _settled(self, delivery: Delivery, answer: Answer, outcome: Outcome, milliseconds: int) -> Settled:
        now, made = self._clock.now(), delivery.attempts + 1
        attempt = Attempt(
            webhook=delivery.webhook,
            message=delivery.message,
            event=delivery.event,
            type=delivery.type,
            number=delivery.number,
            attempt=made,
            at=now,
            outcome=outcome,
            answer=answer,
            milliseconds=milliseconds,
        )
        if outcome in (Outcome.DELIVERED, Outcome.GONE):
            return Settled(delivery, attempt, state=outcome.value)
        again = next_attempt(made, now, answer, chance=random.random(), schedule=self._limits.schedule)
        if again is None:
            return Settled(delivery, attempt, state=Outcome.FAILED.value)
        return Settled(delivery, attempt, again=again)
