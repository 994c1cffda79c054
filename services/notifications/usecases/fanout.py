"""Fan-out: each webhook reads the log from a place of its own and gets a delivery for every event it may see.

One replica at a time reads for a webhook, under a lease. What it will make it writes down first; so whoever
takes over in the middle makes the same deliveries under the same numbers, and nothing twice.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.notifications.domain.webhooks import Webhook
from services.notifications.usecases.deliveries import (
    Deliveries,
    Item,
    Plan,
    Reading,
    Readings,
    Registry,
    Replay,
    message_id,
)
from services.notifications.usecases.log import Entry, Log, Position
from shared.auth import Principal
from shared.clock import Clock
from shared.web.events import visible

log = logging.getLogger(__name__)

# An event may have happened a little before its webhook was made and come after.
LEEWAY: Final = timedelta(minutes=5)
# Beyond so many that wait, a webhook reads no further: what it misses meanwhile stands in the log.
MOST_WAITING: Final = 10_000
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `beat`: between two looks at which webhooks there are; a lease outlives several. `waiting`:
    beyond so many deliveries that wait, a webhook reads no further.
    """

    beat: float = 1.0
    lease: float = 10.0
    waiting: int = MOST_WAITING


@dataclass(slots=True)
class Held:
    """A webhook that this replica reads for. `room`: how many deliveries it may still make."""

    reading: Reading
    webhook: Webhook
    room: int = 0


class Fanout:
    """`wake` is called when deliveries were made."""

    def __init__(
        self,
        event_log: Log,
        registry: Registry,
        readings: Readings,
        deliveries: Deliveries,
        *,
        secret: bytes,
        clock: Clock,
        wake: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        self._log = event_log
        self._registry = registry
        self._readings = readings
        self._deliveries = deliveries
        self._secret = secret
        self._clock = clock
        self._wake = wake
        self._pace = pace or Pace()
        self._held: dict[str, Held] = {}
        self._known: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """Read and make deliveries until cancelled. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._beat()
                until = loop.time() + self._pace.beat
                while (left := until - loop.time()) > 0 and not self._changed.is_set():
                    seen = self._log.heads
                    moved = await asyncio.gather(*(self._step(one) for one in list(self._held.values())))
                    if not any(moved):
                        await self._rest(seen, left)
        finally:
            held, self._held = [one.reading for one in self._held.values()], {}
            await self._readings.release(held)

    def status(self) -> dict[str, int]:
        return {"webhooks": len(self._held)}

    def look(self) -> None:
        """A webhook was made or changed here: look at once, not with the next beat."""
        self._changed.set()

    async def _rest(self, seen: Position, seconds: float) -> None:
        waits = {
            asyncio.ensure_future(self._log.news(seen, seconds)),
            asyncio.ensure_future(self._changed.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _beat(self) -> None:
        """Renew what we hold, let go of what is no longer enabled, take what is free."""
        self._changed.clear()
        enabled = await self._registry.enabled()
        self._known = {id: version for id, version in self._known.items() if id in enabled}
        leaving = [self._held.pop(id) for id in list(self._held) if id not in enabled]
        await self._readings.release([one.reading for one in leaving])
        for id in [id for id, version in enabled.items() if self._known.get(id) != version]:
            await self._look_again(id)
        kept = await self._readings.renew([one.reading for one in self._held.values()], self._pace.lease)
        self._held = {id: one for id, one in self._held.items() if id in kept}
        for id, one in self._held.items():
            one.reading.replay = kept[id]
        free = sorted(enabled.keys() - self._held.keys())
        # Half of what is free, and the rest at the next beat: replicas that start together share.
        for reading in await self._readings.take(free, -(-len(free) // 2), self._pace.lease):
            loaded = await self._registry.get(reading.webhook)
            self._held[reading.webhook] = Held(reading, loaded.state)
        most = self._pace.waiting
        for one in self._held.values():
            if one.room > most // 2:  # it only grows while nothing is made
                continue
            one.room = most - await self._deliveries.waiting(one.reading.webhook, most)

    async def _look_again(self, id: str) -> None:
        """A webhook that is new, or was changed: one that was enabled again begins anew."""
        loaded = await self._registry.get(id)
        await self._readings.ensure(id, loaded.state.round, loaded.state.begins_at)
        if id in self._held:
            self._held[id].webhook = loaded.state
        self._known[id] = loaded.version

    async def _step(self, held: Held) -> bool:
        """One page for one webhook. False when there is nothing to do for it."""
        async with self._gate:
            reading = held.reading
            if reading.plan is not None:
                return await self._carry_out(held, reading.plan)
            if held.room <= 0:
                return False
            page = await self._log.page(reading.position)
            if page.end:
                wanted = [one for one in page.entries if _in_time(held, one) and _may_see(held, one)]
                position = {**reading.position, **page.end}
                items = await self._items(held, wanted, again=False)
                if items:
                    count = reading.count + len(items)
                    return await self._make(held, Plan(items, position, count))
                reading.position = position
                return True
            if reading.replay is not None and not reading.replay.done:
                return await self._replay(held, reading.replay)
            return False

    async def _replay(self, held: Held, asked: Replay) -> bool:
        page = await self._log.page(asked.position, asked.upto)
        wanted = [one for one in page.entries if _within(asked, one.at) and _may_see(held, one)]
        items = await self._items(held, wanted, again=True)
        count = held.reading.count + sum(item.number is not None for item in items)
        position = {**asked.position, **page.end}
        return await self._make(held, Plan(items, position, count, asked.id, done=not page.end))

    async def _items(self, held: Held, entries: Sequence[Entry], *, again: bool) -> list[Item]:
        """Those without a delivery get the next numbers; the others are left out, or are to be sent again."""
        webhook, number = held.reading.webhook, held.reading.count
        messages = [message_id(self._secret, webhook, entry.event.id) for entry in entries]
        known = await self._deliveries.known(messages) if messages else ()
        items: list[Item] = []
        for message, entry in zip(messages, entries, strict=True):
            if message not in known:
                number += 1
                items.append(Item(message, entry.event.id, entry.event.type, number))
            elif again:
                items.append(Item(message, entry.event.id, entry.event.type, None))
        return items

    async def _make(self, held: Held, plan: Plan) -> bool:
        if not await self._readings.write_plan(held.reading, plan):
            return self._lost(held)
        return await self._carry_out(held, plan)

    async def _carry_out(self, held: Held, plan: Plan) -> bool:
        """Repeatable at every point: what is there already stays."""
        reading, now = held.reading, self._clock.now()
        fresh = [item for item in plan.items if item.number is not None]
        repeated = [item.message for item in plan.items if item.number is None]
        if fresh:
            await self._deliveries.add(reading.webhook, fresh, now)
        if repeated and plan.replay is not None:
            await self._deliveries.again(repeated, plan.replay, now)
        if not await self._readings.finish_plan(reading, plan):
            return self._lost(held)
        reading.plan, reading.count = None, plan.count
        if plan.replay is None:
            reading.position = dict(plan.position)
        elif reading.replay is not None:
            found = reading.replay.count + len(plan.items)
            reading.replay = replace(reading.replay, position=plan.position, count=found, done=plan.done)
        held.room -= len(plan.items)
        self._wake()
        return True

    def _lost(self, held: Held) -> bool:
        log.info("the reader of a webhook is no longer ours")
        self._held.pop(held.reading.webhook, None)
        return False


def _in_time(held: Held, entry: Entry) -> bool:
    """After a rebuild the log may hold, at new places, what is older than the webhook."""
    return entry.event.time >= held.webhook.since - LEEWAY


def _may_see(held: Held, entry: Entry) -> bool:
    terms = held.webhook.terms
    if terms.types and entry.event.type not in terms.types:
        return False
    owner = Principal(held.webhook.owner, "integration", frozenset(terms.scopes), terms.areas)
    return visible(entry.event, owner)


def _within(asked: Replay, at: datetime) -> bool:
    return (asked.since is None or at >= asked.since) and (asked.before is None or at < asked.before)
