"""What was published, in order per lane: the source of `GET /events` and of a lost cluster's second life."""

import asyncio
import base64
import binascii
import heapq
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import orjson
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError

from shared.errors import Fault, Invalid
from shared.events import event_fields, event_from
from shared.mongo import Database, Document, guard
from shared.outbox.ports import LANES, Entry, JournalStore

RETENTION = timedelta(days=14)
POLL_SECONDS = 0.25
MAX_LIMIT = 1_000
_DUPLICATE = 11000


class Journal:
    """Reads on from an opaque cursor. The cursor holds one number per lane, so that a slow lane is never
    skipped and any replica can answer."""

    def __init__(self, store: JournalStore) -> None:
        self._store = store
        self._look: asyncio.Task[Sequence[int]] | None = None

    async def read(
        self, after: str | None = None, limit: int = 100, wait: float = 0.0
    ) -> tuple[Sequence[Entry], str]:
        """Up to `limit` entries after the cursor (None: from the oldest kept), and the cursor to go on from.

        With nothing there, waits up to `wait` seconds. Per aggregate the order is that of its sequence, save
        for repeats. Raises Invalid `cursor_invalid`, Unavailable.
        """
        position = _decode(after)
        limit = max(1, min(limit, MAX_LIMIT))
        until = time.monotonic() + wait
        while True:
            entries = await self._page(position, limit)
            if entries or time.monotonic() >= until:
                return entries, _encode(position)
            await self._news(position, until)

    async def _news(self, position: Sequence[int], until: float) -> None:
        """Waits for a lane to go past `position`, or for `until`. One look at a time serves all who wait:
        a read of sixteen lanes for each would keep the database busy with telling that there is nothing.
        """
        while (left := until - time.monotonic()) > 0:
            if self._look is None or self._look.done():
                self._look = asyncio.create_task(self._ends())
                # If all who wait have gone when it fails, nobody is to be told.
                self._look.add_done_callback(lambda look: look.cancelled() or look.exception())
            look = self._look
            await asyncio.wait({look}, timeout=left)
            if look.done() and any(last > n for last, n in zip(look.result(), position, strict=True)):
                return

    async def _ends(self) -> Sequence[int]:
        await asyncio.sleep(POLL_SECONDS)
        return await self._store.ends()

    async def _page(self, position: list[int], limit: int) -> list[Entry]:
        """Up to `limit` entries, with `position` moved past them. Each lane has a share of its own in every
        read: a busy lane cannot crowd out another."""
        page: list[Entry] = []
        while len(page) < limit:
            share = (limit - len(page)) // 4 + 1
            found = await self._store.read(position, share)
            taken = _earliest(found, limit - len(page))
            for entry in taken:
                position[entry.lane] = entry.n
            page += taken
            if max(Counter(entry.lane for entry in found).values(), default=0) < share:
                break
        return page


class MongoJournal:
    """Collection `journal`: {_id: {lane, n}, at, topic, and the event}. It expires by `at`."""

    def __init__(self, database: Database) -> None:
        self._journal = database["journal"]

    async def prepare(self) -> None:
        await self._journal.create_index(
            "at", name="expiry", expireAfterSeconds=int(RETENTION.total_seconds())
        )

    async def last(self, lane: int) -> int:
        async with guard():
            document = await self._journal.find_one(_after(lane, 0), {"_id": 1}, sort=[("_id", DESCENDING)])
        return 0 if document is None else int(document["_id"]["n"])

    async def ends(self) -> Sequence[int]:
        numbers = [0] * LANES
        stages = self._of_each_lane(
            lambda lane: [{"$match": _after(lane, 0)}, {"$sort": {"_id": -1}}, {"$limit": 1}]
        )
        async with guard():
            found = await self._journal.aggregate([*stages, {"$project": {"_id": 1}}]).to_list(LANES)
        for document in found:
            numbers[document["_id"]["lane"]] = int(document["_id"]["n"])
        return numbers

    async def append(self, entries: Sequence[Entry]) -> Collection[int]:
        lost: set[int] = set()
        left = [_to_document(entry) for entry in entries]
        while left:
            try:
                async with guard():
                    await self._journal.insert_many(left, ordered=True)
                break
            except BulkWriteError as error:
                fault = (error.details or {})["writeErrors"][0]
                if fault["code"] != _DUPLICATE:
                    raise
                lane = left[fault["index"]]["_id"]["lane"]
                lost.add(lane)
                left = [
                    document for document in left[fault["index"] + 1 :] if document["_id"]["lane"] != lane
                ]
        return lost

    async def window(self, lane: int, after: int, limit: int) -> Sequence[Entry]:
        async with guard():
            found = (
                await self._journal.find(_after(lane, after))
                .sort("_id", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [_from_document(document) for document in found]

    async def read(self, after: Sequence[int], limit: int) -> Sequence[Entry]:
        stages = self._of_each_lane(
            lambda lane: [{"$match": _after(lane, after[lane])}, {"$sort": {"_id": 1}}, {"$limit": limit}]
        )
        async with guard():
            found = await self._journal.aggregate(stages).to_list(limit * LANES)
        return [_from_document(document) for document in found]

    def _of_each_lane(self, pipeline: Callable[[int], list[Document]]) -> list[Document]:
        others = [
            {"$unionWith": {"coll": self._journal.name, "pipeline": pipeline(lane)}}
            for lane in range(1, LANES)
        ]
        return pipeline(0) + others


def _after(lane: int, n: int) -> dict[str, Any]:
    return {"_id": {"$gt": {"lane": lane, "n": n}, "$lt": {"lane": lane + 1, "n": 0}}}


def _to_document(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return {
        "_id": {"lane": entry.lane, "n": entry.n},
        "at": entry.at,
        "topic": entry.topic,
        "id": event.id,
        **event_fields(event),
    }


def _from_document(document: Mapping[str, Any]) -> Entry:
    place = document["_id"]
    return Entry(
        lane=place["lane"],
        n=place["n"],
        at=document["at"],
        topic=document["topic"],
        event=event_from(document["id"], document),
    )


def _earliest(entries: Sequence[Entry], limit: int) -> list[Entry]:
    """The first `limit` by time, in order within each lane."""
    by_lane = groupby(sorted(entries, key=lambda entry: (entry.lane, entry.n)), key=lambda entry: entry.lane)
    lanes = [list(lane) for _, lane in by_lane]
    return list(heapq.merge(*lanes, key=lambda entry: entry.at))[:limit]


def _encode(position: Sequence[int]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def _decode(cursor: str | None) -> list[int]:
    if cursor is None:
        return [0] * LANES
    try:
        position = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        position = None
    if (
        isinstance(position, list)
        and len(position) == LANES
        and all(type(n) is int and 0 <= n < 2**53 for n in position)
    ):
        return position
    raise Invalid("Not a cursor of ours.", (Fault("/after", "is not a cursor"),), code="cursor_invalid")
