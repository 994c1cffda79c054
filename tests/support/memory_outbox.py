"""The outbox's ports in memory: storage, lanes, journal and an event log that can be wiped, stopped and
refuse.

Documents are kept as BSON, so that what MongoDB would change or refuse is changed and refused here too.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import bson

from shared.outbox.documents import CODEC, WRITES_KEPT
from shared.outbox.ports import (
    LANES,
    Backlog,
    Change,
    Document,
    Entry,
    Inserted,
    Lane,
    Waiting,
)
from tests.support.memory_history import MemoryHistory

_NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryStorage:
    """What one service keeps. Several relays may share it, as replicas share a database."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.lanes = MemoryLanes(monotonic)
        self.journal = MemoryJournal()
        self._aggregates: dict[str, MemoryAggregates] = {}

    def aggregates(self, name: str) -> "MemoryAggregates":
        return self._aggregates.setdefault(name, MemoryAggregates())

    def history(self, name: str) -> MemoryHistory:
        return MemoryHistory(self.aggregates(name).documents)


class MemoryAggregates:
    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    async def prepare(self) -> None:
        return None

    async def insert(self, encoded: Sequence[bytes]) -> Sequence[Inserted]:
        await asyncio.sleep(0)
        return [self._insert(document) for document in encoded]

    async def load(self, id: str) -> Document | None:
        await asyncio.sleep(0)
        return self._decode(id) if id in self.documents else None

    async def load_surely(self, id: str) -> Document | None:
        return await self.load(id)

    async def apply(self, change: Change) -> bool:
        await asyncio.sleep(0)
        document = self._decode(change.id) if change.id in self.documents else {}
        if document.get("version") != change.version:
            return False
        document |= change.sets
        document |= {"version": change.version + 1, "sequence": change.sequence}
        for name in change.unsets:
            document.pop(name, None)
        if change.seen is not None:
            document.setdefault("seen", {})[change.seen[0]] = change.seen[1]
        if change.pending:
            document.setdefault("waiting_since", change.pending[0]["time"])
            document["pending"] = [*document.get("pending", ()), *change.pending]
        if change.unlogged is not None:
            document.setdefault("unlogged_since", change.unlogged)
        history = change.replace_timeline
        document["timeline"] = [*document["timeline"], *change.timeline] if history is None else list(history)
        document["writes"] = [*document.get("writes", ()), change.write][-WRITES_KEPT:]
        self.documents[change.id] = bson.encode(document)
        return True

    async def pending(
        self, lanes: Collection[int], *, limit: int, events: int, without: Collection[str]
    ) -> Sequence[Waiting]:
        await asyncio.sleep(0)
        found = [one for one in self._waiting(lanes) if one["_id"] not in without]
        found.sort(key=lambda one: one["waiting_since"])
        waiting: list[Waiting] = []
        for one in found[:limit]:
            if events <= 0:
                break
            waiting.append(Waiting(one["_id"], one["lane"], one["pending"][:events]))
            events -= len(waiting[-1].pending)
        return waiting

    async def trim(self, sent: Mapping[str, int]) -> None:
        await asyncio.sleep(0)
        for id, upto in sent.items():
            document = self._decode(id)
            left = [entry for entry in document.pop("pending", ()) if entry["sequence"] > upto]
            document.pop("waiting_since", None)
            if left:
                document |= {"pending": left, "waiting_since": min(entry["time"] for entry in left)}
            self.documents[id] = bson.encode(document)

    async def due(
        self, lanes: Collection[int], now: datetime, *, limit: int, without: Collection[str]
    ) -> Sequence[str]:
        await asyncio.sleep(0)
        found = [
            one
            for one in map(self._decode, self.documents)
            if one["lane"] in lanes
            and "next_due" in one
            and one["next_due"] <= now
            and one["_id"] not in without
        ]
        return [one["_id"] for one in sorted(found, key=lambda one: one["next_due"])[:limit]]

    async def backlog(self, lanes: Collection[int]) -> Backlog:
        await asyncio.sleep(0)
        found = self._waiting(lanes)
        oldest = min((one["waiting_since"] for one in found), default=None)
        return Backlog(sum(len(one["pending"]) for one in found), oldest)

    def _insert(self, encoded: bytes) -> Inserted:
        id = bson.decode(encoded)["_id"]
        if id in self.documents:
            return Inserted.DUPLICATE
        self.documents[id] = encoded
        return Inserted.NEW

    def _decode(self, id: str) -> dict[str, Any]:
        return bson.decode(self.documents[id], CODEC)

    def _waiting(self, lanes: Collection[int]) -> list[dict[str, Any]]:
        documents = map(self._decode, self.documents)
        return [one for one in documents if one["lane"] in lanes and "pending" in one]


class MemoryLanes:
    """`monotonic` is the database's clock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lanes: dict[int, dict[str, Any]] = {lane: {"until": 0.0, "epoch": 0} for lane in range(LANES)}
        self._replicas: dict[str, float] = {}

    async def prepare(self) -> None:
        return None

    async def announce(self, owner: str, seconds: float) -> int:
        await asyncio.sleep(0)
        self._replicas[owner] = self._monotonic() + seconds
        return sum(until > self._monotonic() for until in self._replicas.values())

    async def take(self, owner: str, seconds: float, count: int) -> Sequence[Lane]:
        await asyncio.sleep(0)
        free = [lane for lane, held in self._lanes.items() if held["until"] <= self._monotonic()][:count]
        for lane in free:
            held = self._lanes[lane]
            held |= {"owner": owner, "until": self._monotonic() + seconds, "epoch": held["epoch"] + 1}
        return [
            Lane(
                lane,
                self._lanes[lane]["epoch"],
                self._lanes[lane].get("n", 0),
                self._lanes[lane].get("cluster"),
            )
            for lane in free
        ]

    async def renew(self, owner: str, held: Mapping[int, int], seconds: float) -> Collection[int]:
        await asyncio.sleep(0)
        mine = {lane for lane in held if self._is_owner(lane, owner)}
        for lane in mine:
            self._lanes[lane] |= {"until": self._monotonic() + seconds, "n": held[lane]}
        return mine

    async def release(self, owner: str, held: Mapping[int, int]) -> None:
        await asyncio.sleep(0)
        for lane, n in held.items():
            if self._lanes[lane].get("owner") == owner:
                self._lanes[lane] |= {"owner": None, "until": 0.0, "n": n}

    async def saw_cluster(self, owner: str, lane: int, cluster: str) -> None:
        await asyncio.sleep(0)
        if self._lanes[lane].get("owner") == owner:
            self._lanes[lane]["cluster"] = cluster

    async def depart(self, owner: str) -> None:
        self._replicas.pop(owner, None)

    def owner(self, lane: int) -> str | None:
        """Who holds the lane under a lease that has not ended."""
        owner = self._lanes[lane].get("owner")
        return owner if owner is not None and self._is_owner(lane, owner) else None

    def _is_owner(self, lane: int, owner: str) -> bool:
        held = self._lanes[lane]
        return held.get("owner") == owner and held["until"] > self._monotonic()


class MemoryJournal:
    def __init__(self) -> None:
        self._lanes: dict[int, dict[int, Entry]] = {lane: {} for lane in range(LANES)}

    async def prepare(self) -> None:
        return None

    async def last(self, lane: int) -> int:
        await asyncio.sleep(0)
        return max(self._lanes[lane], default=0)

    async def ends(self) -> Sequence[int]:
        return [await self.last(lane) for lane in range(LANES)]

    async def append(self, entries: Sequence[Entry]) -> Collection[int]:
        await asyncio.sleep(0)
        lost: set[int] = set()
        for entry in entries:
            if entry.n in self._lanes[entry.lane]:
                lost.add(entry.lane)
            elif entry.lane not in lost:
                self._lanes[entry.lane][entry.n] = entry
        return lost

    async def window(self, lane: int, after: int, limit: int) -> Sequence[Entry]:
        await asyncio.sleep(0)
        return [entry for n, entry in sorted(self._lanes[lane].items()) if n > after][:limit]

    async def read(self, after: Sequence[int], limit: int) -> Sequence[Entry]:
        return [entry for lane, n in enumerate(after) for entry in await self.window(lane, n, limit)]
