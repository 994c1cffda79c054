"""The stores and the log that consuming stands on, in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.consume.dead_letters import original_headers
from shared.consume.record import Record, Rejected
from shared.consume.store import Parked, Written
from shared.errors import Unavailable
from tests.support.consume_probe import Message

Documents = dict[Any, dict[str, Any]]


class MemoryEffects:
    """An `EffectStore`; a collection is a plain dict by `_id`."""

    away = False

    async def insert(self, collection: Documents, rows: Sequence[dict[str, Any]]) -> Written:
        await asyncio.sleep(0)
        self._answer()
        new = [row for row in rows if row["_id"] not in collection]
        collection.update({row["_id"]: row for row in reversed(new)})
        return Written(len({row["_id"] for row in new}))

    async def newest(self, collection: Documents, documents: Sequence[dict[str, Any]]) -> Written:
        await asyncio.sleep(0)
        self._answer()
        changed = 0
        for document in documents:
            if document["sequence"] > collection.get(document["_id"], {}).get("sequence", 0):
                collection[document["_id"]] = document
                changed += 1
        return Written(changed)

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("away")


class MemoryPark:
    """A `ParkStore`."""

    def __init__(self) -> None:
        self.events: dict[str, Parked] = {}
        self._next_at: dict[str, datetime] = {}
        self._claimed_until: dict[str, datetime] = {}

    async def parked_among(self, keys: Sequence[str]) -> set[str]:
        return {event.key for event in self.events.values()} & set(keys)

    async def park(self, event: Parked) -> None:
        self.events.setdefault(event.id, event)

    async def claim(self, now: datetime, seconds: float) -> Parked | None:
        for key in dict.fromkeys(event.key for event in self.events.values()):
            head = self._head(key)
            if head is not None and self._next_at.get(head.id, head.since) <= now:
                held = await self.head(key, now, seconds)
                if held is not None:
                    return held
        return None

    async def head(self, key: str, now: datetime, seconds: float) -> Parked | None:
        head = self._head(key)
        if head is None or self._claimed_until.get(head.id, now) > now:
            return None
        self._claimed_until[head.id] = now + timedelta(seconds=seconds)
        return head

    async def defer(self, event: Parked, reason: str, until: datetime) -> None:
        kept = self.events[event.id]
        self.events[event.id] = replace(kept, reason=reason, attempts=kept.attempts + 1)
        self._next_at[event.id] = until
        self._claimed_until.pop(event.id, None)

    async def remove(self, event: Parked) -> None:
        self.events.pop(event.id, None)

    async def counts(self) -> Mapping[str, int]:
        return {"keys": len({event.key for event in self.events.values()}), "events": len(self.events)}

    async def ask_skip(self, key: str, now: datetime) -> bool:
        head = self._head(key)
        if head is None:
            return False
        self.events[head.id] = replace(head, skip=True)
        self._next_at[head.id] = now
        return True

    def _head(self, key: str) -> Parked | None:
        return min((e for e in self.events.values() if e.key == key), key=lambda e: e.order, default=None)


class MemoryLog:
    """One partition of records per topic, and how far the group has committed. The member that joined last
    has them all; from any other no commit is taken."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.committed = 0
        self._member = 0

    def join(self) -> int:
        self._member += 1
        return self._member

    def append(self, topic: str, message: Message) -> None:
        self.records.append(
            Record(
                topic,
                0,
                len(self.records),
                message.key,
                message.value,
                message.headers,
                datetime.now(UTC),
                "memory",
            )
        )

    def batch(self, member: int) -> list[Record]:
        return self.records[self.committed : self.committed + 500] if member == self._member else []

    async def commit(self, member: int, upto: int) -> None:
        """Raises Unavailable for one that is no member any more."""
        await asyncio.sleep(0)
        if member != self._member:
            raise Unavailable("another has the partition")
        self.committed = upto


class MemoryDeadLetters:
    """Keeps dead letters in a list."""

    def __init__(self) -> None:
        self.kept: list[Rejected] = []
        self.replayed = 0

    async def send(self, rejected: Sequence[Rejected]) -> None:
        await asyncio.sleep(0)
        self.kept.extend(rejected)

    def replay(self) -> list[Message]:
        """The original records of all that has not been replayed yet."""
        fresh, self.replayed = self.kept[self.replayed :], len(self.kept)
        records = [one.record for one in fresh]
        return [
            Message(r.key, r.value, tuple((n, v or b"") for n, v in original_headers(r))) for r in records
        ]
