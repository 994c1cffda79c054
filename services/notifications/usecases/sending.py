"""Sending: due deliveries are claimed, signed and posted; a receiver that is slow or fails costs no other.

A delivery is claimed by moving its due time, so of two replicas one gets it; one that dies in the middle
leaves it to be sent again under the same `webhook-id` when the claim ends.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
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
from services.notifications.domain.webhooks import Status, Webhook, valid_secrets
from services.notifications.usecases.deliveries import Attempt, Deliveries, Delivery, Registry
from services.notifications.usecases.receivers import Receivers
from services.notifications.usecases.settling import Settled, Settling
from services.notifications.usecases.signing import signed
from shared import metrics
from shared.clock import Clock
from shared.errors import LiengiaError, NotFound
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
    """

    each: int = 4
    well: int = 48
    failing: int = 16
    look_seconds: float = 0.5
    claim: timedelta = timedelta(seconds=60)
    missing: timedelta = timedelta(seconds=60)  # to wait for what is not there: an entry, a key
    schedule: tuple[timedelta, ...] = SCHEDULE


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook opened for sending."""

    url: str
    secrets: Sequence[str]


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
        self._registry = registry
        self._receivers = receivers
        self._deliveries = deliveries
        self._settling = settling
        self._post = post
        self._sealer = sealer
        self._clock = clock
        self._limits = limits or Limits()
        self._flying: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    def status(self) -> dict[str, int]:
        return {"under_way": sum(self._flying.values()), "failing_webhooks": len(self._receivers.failing)}

    async def run(self) -> None:
        """Raises Unavailable."""
        try:
            while True:
                self._news.clear()
                await self._start_due()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.look_seconds):
                        await self._news.wait()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_LAST_SECONDS)
            for task in self._tasks:
                task.cancel()

    async def _start_due(self) -> None:
        now = self._clock.now()
        due = [id for id in await self._deliveries.due(now) if not self._receivers.resting(id)]
        random.shuffle(due)  # nobody is always the last to find room
        for webhook in due:
            if (room := self._room(webhook)) > 0:
                await self._start(webhook, room)

    def _room(self, webhook: str) -> int:
        """How many more posts to this webhook may begin."""
        failing = webhook in self._receivers.failing
        busy = sum(count for id, count in self._flying.items() if (id in self._receivers.failing) == failing)
        pool = self._limits.failing if failing else self._limits.well
        return min((1 if failing else self._limits.each) - self._flying[webhook], pool - busy)

    async def _start(self, webhook: str, room: int) -> None:
        now = self._clock.now()
        try:
            target = await self._open(webhook)
        except Unsealable:
            log.error("a webhook does not unseal: is a key missing?", extra={"webhook": webhook})
            self._receivers.rest(webhook, self._limits.missing)
            return
        if target is None:
            await self._deliveries.drop(webhook, now)
            return
        claimed = await self._deliveries.claim(webhook, now, room, now + self._limits.claim)
        events = await self._deliveries.events([one.event for one in claimed]) if claimed else {}
        for delivery in claimed:
            event = events.get(delivery.event)
            if event is None:  # the log is being filled anew
                await self._deliveries.put_off(delivery, now + self._limits.missing)
                continue
            self._flying[webhook] += 1
            task = asyncio.create_task(self._send(target, delivery, event))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

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
