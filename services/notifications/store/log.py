"""The log in MongoDB: one row per event under its id with its first place, and the head of every log."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.notifications.usecases.log import Entry, Position, log_number
from shared.consume import Record
from shared.errors import Unavailable
from shared.events import Event, event_fields, event_from
from shared.mongo import Database, Document, guard

# Longer than the topics keep an event (30 days, and up to a week until Kafka drops its segment): when they
# are read again from the start, every event is found here, and nothing is told or sent a second time.
KEPT: Final = timedelta(days=45)
_HEADS_KEPT: Final = KEPT + timedelta(days=2)  # a head outlives its entries, or a reader would begin it again
_DUPLICATE: Final = 11000
_ROUNDS: Final = 5


class MongoLog:
    """`usecases.log.LogStore` on the collections `log` and `logs`."""

    def __init__(self, database: Database) -> None:
        self.entries = database["log"]
        self._logs = database["logs"]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        await self.entries.create_indexes(
            [
                IndexModel([("log", ASCENDING), ("n", ASCENDING)], name="place"),
                IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=_seconds(KEPT)),
            ]
        )
        await self._logs.create_index("at", name="expiry", expireAfterSeconds=_seconds(_HEADS_KEPT))

    def row(self, event: Event, record: Record, now: datetime) -> Document:
        """An event as it is kept, at the place where it stands on Kafka."""
        return {
            "_id": event.id,
            "log": log_number(record.cluster, record.topic, record.partition),
            "n": record.offset + 1,
            "at": now,
            "cluster": record.cluster,
            "place": record.place,
            **event_fields(event),
        }

    async def heads(self) -> Position:
        async with guard():
            found = await self._logs.find({}, {"head": 1}).to_list(None)
        return {document["_id"]: document["head"] for document in found}

    async def read(self, log: int, after: int, upto: int, limit: int) -> Sequence[Entry]:
        async with guard():
            found = (
                await self.entries.find({"log": log, "n": {"$gt": after, "$lte": upto}})
                .sort("n", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [entry_of(document) for document in found]

    async def between(self, since: datetime, before: datetime) -> tuple[Position, Position]:
        """Positions before the first and at the last entry stored from `since` on and before `before`."""
        stages: list[Document] = [
            {"$match": {"at": {"$gte": since, "$lt": before}}},
            {"$group": {"_id": "$log", "first": {"$min": "$n"}, "last": {"$max": "$n"}}},
        ]
        async with guard():
            found = await self.entries.aggregate(stages).to_list(None)
        return {one["_id"]: one["first"] - 1 for one in found}, {one["_id"]: one["last"] for one in found}

    async def raise_heads(self, rows: Sequence[Mapping[str, Any]], now: datetime) -> Position:
        """All of these rows are stored, each here or at an earlier place of its event: readers may pass them.

        Where that place is on another cluster, it may be that nobody else raises that head: its consumer died
        between storing and raising, and the cluster is gone. Returns the heads. Raises Unavailable.
        """
        heads = _highest(rows)
        if not heads:
            return heads
        ids, clusters = [row["_id"] for row in rows], sorted({row["cluster"] for row in rows})
        async with guard():
            elsewhere = await self.entries.find(
                {"_id": {"$in": ids}, "cluster": {"$nin": clusters}}, {"log": 1, "n": 1}
            ).to_list(None)
        heads |= _highest(elsewhere)
        left = [
            UpdateOne({"_id": log}, {"$max": {"head": n, "at": now}}, upsert=True) for log, n in heads.items()
        ]
        for _ in range(_ROUNDS):
            try:
                async with guard():
                    await self._logs.bulk_write(left, ordered=False)
                return heads
            except BulkWriteError as error:
                # Two replicas that see a log for the first time: the loser raises the winner's.
                left = [left[fault["index"]] for fault in _collisions(error)]
        raise Unavailable("the heads of the log kept colliding with another replica")


def entry_of(document: Mapping[str, Any]) -> Entry:
    return Entry(
        log=document["log"],
        n=document["n"],
        at=document["at"],
        event=event_from(document["_id"], document),
    )


def _highest(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    heads: dict[int, int] = {}
    for one in rows:
        heads[one["log"]] = max(one["n"], heads.get(one["log"], 0))
    return heads


def _collisions(error: BulkWriteError) -> Sequence[Mapping[str, Any]]:
    faults: Sequence[Mapping[str, Any]] = error.details["writeErrors"]
    if error.details.get("writeConcernErrors") or any(fault["code"] != _DUPLICATE for fault in faults):
        raise error
    return faults


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
