"""Reactions: applied in order per key; a key whose head cannot be applied yet is parked, its followers
behind it.
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.clock import Clock
from shared.consume.reading import Effects, Reader
from shared.consume.record import SKIPPED, Record, Rejected
from shared.consume.shapes import Reaction
from shared.consume.store import Parked, ParkStore
from shared.consume.trouble import is_away, where
from shared.errors import NotYet, Poison, Refused, Unavailable
from shared.events import Event
from shared.metrics import CONSUMER_EVENTS, PARKED_KEYS
from shared.mongo import guard

log = logging.getLogger(__name__)

CLAIM_SECONDS = 30.0
_AT_ONCE = 16  # keys reacted to at the same time
_FIRST_RETRY_SECONDS, _LAST_RETRY_SECONDS = 1.0, 60.0
Item = tuple[Record, Event]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one reaction. `code` says why, for `parked` and `poison`."""

    kind: Literal["applied", "refused", "parked", "poison"]
    code: str = ""


class Reactions:
    """Applies, parks and retries the reactions of one consumer group."""

    def __init__(
        self, *, group: str, effects: Effects, reader: Reader, park: ParkStore, clock: Clock
    ) -> None:
        self._group = group
        self._reader = reader
        self._park = park
        self._clock = clock
        self._reactions: Mapping[str, Sequence[Reaction]] = {
            kind: found
            for kind, all_ in effects.items()
            if (found := [e for e in all_ if isinstance(e, Reaction)])
        }

    async def react(self, items: Sequence[Item]) -> list[Rejected]:
        """React to a batch. Returns what is poison. Raises Unavailable when any of it must come again."""
        by_key: dict[str, list[Item]] = {}
        for record, event in items:
            if event.type in self._reactions:
                by_key.setdefault(event.subject, []).append((record, event))
        if not by_key:
            return []
        waiting = await self._park.parked_among(list(by_key))
        free = asyncio.Semaphore(_AT_ONCE)

        async def one_key(key: str, mine: Sequence[Item]) -> list[Rejected]:
            async with free:
                return await self._in_order(key, mine, parked=key in waiting)

        # Let every key end before the batch is given back: a cancelled reaction would be half of a command.
        ended = await asyncio.gather(*(one_key(*entry) for entry in by_key.items()), return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
        return [one for outcome in ended if isinstance(outcome, list) for one in outcome]

    async def retry(self) -> Rejected | None:
        """Try one due head and, while it succeeds, its followers. Returns the record to give up, if any:
        the caller sends it and calls `forget`. Raises LookupError when nothing is due, Unavailable.
        """
        head = await self._park.claim(self._clock.now(), CLAIM_SECONDS)
        if head is None:
            raise LookupError("nothing is due")
        while head is not None:
            if head.skip:
                return self._rejected(head.record, SKIPPED)
            event = self._reader.decode(head.record)
            verdict = await self._attempt(event)
            if verdict.kind == "parked":
                await self._park.defer(head, verdict.code, self._clock.now() + _pause(head.attempts))
                return None
            if verdict.kind == "poison":
                return self._rejected(head.record, verdict.code)
            self._count(verdict.kind)
            await self._park.remove(head)
            head = await self._park.head(head.key, self._clock.now(), CLAIM_SECONDS)
        return None

    async def forget(self, rejected: Rejected) -> None:
        """The parked head of this record has been given up and is safely elsewhere."""
        record = rejected.record
        await self._park.remove(self._parked(record, self._reader.decode(record), ""))

    async def counts(self) -> Mapping[str, int]:
        """Parked keys and events; sets the metric too."""
        counts = await self._park.counts()
        PARKED_KEYS.labels(self._group).set(counts["keys"])
        return counts

    async def _in_order(self, key: str, items: Sequence[Item], *, parked: bool) -> list[Rejected]:
        given_up = []
        for record, event in items:
            if parked:
                await self._park.park(self._parked(record, event, "follower"))
                self._count("parked")
                continue
            verdict = await self._attempt(event)
            if verdict.kind == "poison":
                given_up.append(self._rejected(record, verdict.code))  # counted once it is kept
                continue
            if verdict.kind == "parked":
                await self._park.park(self._parked(record, event, verdict.code))
                parked = True
            self._count(verdict.kind)
        return given_up

    async def _attempt(self, event: Event) -> Verdict:
        kind: Literal["applied", "refused"] = "applied"
        for reaction in self._reactions.get(event.type, ()):
            try:
                with guard():
                    await reaction.apply(event)
            except NotYet as reason:
                return Verdict("parked", reason.code)
            except Refused:
                kind = "refused"
            except Poison as reason:
                return Verdict("poison", reason.code)
            except Exception as error:  # the boundary of one reaction: its key is parked, the batch goes on
                if is_away(error):
                    raise Unavailable("a part the reaction stands on is away") from error
                log.error("a reaction fails", extra={"event_type": event.type, "fault": where(error)})
                return Verdict("parked", "failing")
        return Verdict(kind)

    def _parked(self, record: Record, event: Event, reason: str) -> Parked:
        return Parked(
            id=f"{event.source}|{event.id}",
            key=event.subject,
            order=(event.sequence or 0, record.topic, record.partition, record.offset),
            record=record,
            reason=reason,
            since=self._clock.now(),
        )

    def _rejected(self, record: Record, reason: str) -> Rejected:
        return Rejected(record, reason, self._clock.now())

    def _count(self, result: str) -> None:
        CONSUMER_EVENTS.labels(self._group, result).inc()


def _pause(attempts: int) -> timedelta:
    seconds = min(_FIRST_RETRY_SECONDS * 2.0 ** min(attempts, 10), _LAST_RETRY_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.5, 1.0))
