"""Aggregates in MongoDB. Only classic update operators carry state, so a value is never read as an operator;
the one pipeline, in `trim`, holds nothing but a sequence."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError, WriteError
from pymongo.read_concern import ReadConcern

from shared.errors import Conflict, Unavailable
from shared.mongo import Database, guard
from shared.outbox.documents import WRITES_KEPT
from shared.outbox.journal import MongoJournal
from shared.outbox.mongo_history import MongoHistory
from shared.outbox.mongo_lanes import MongoLanes
from shared.outbox.ports import Backlog, Change, Document, Inserted, Waiting

_DUPLICATE = 11000
MAX_PER_DOCUMENT = 100  # events read of one document at a time: a long outage may have left thousands
COUNTED = 50_000  # aggregates whose pending events are counted: 0.4 s; a million would outlast a call's time
_LINEARIZABLE = ReadConcern("linearizable")
_TOO_LARGE = frozenset({10334, 17419})


class MongoStorage:
    """The collections of one service: aggregates by name, `lanes`, `journal`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lanes = MongoLanes(database)
        self.journal = MongoJournal(database)

    def aggregates(self, name: str) -> "MongoAggregates":
        return MongoAggregates(self._database, name)

    def history(self, name: str) -> MongoHistory:
        return MongoHistory(self._database, name)


class MongoAggregates:
    def __init__(self, database: Database, name: str) -> None:
        self._collection = database[name]

    async def prepare(self) -> None:
        # These fields are absent on most documents: partial indexes stay as small as the work at hand.
        # `waiting_since` is a plain field because a sort on `pending.time`, an array, would hold all in
        # memory.
        await self._collection.create_index(
            [("lane", ASCENDING), ("waiting_since", ASCENDING)],
            name="pending",
            partialFilterExpression={"waiting_since": {"$exists": True}},
        )
        await self._collection.create_index(
            [("next_due", ASCENDING), ("lane", ASCENDING)],
            name="due",
            partialFilterExpression={"next_due": {"$exists": True}},
        )

    async def insert(self, encoded: Sequence[bytes]) -> Sequence[Inserted]:
        outcomes = [Inserted.NEW] * len(encoded)
        try:
            async with guard():
                await self._collection.insert_many(list(map(RawBSONDocument, encoded)), ordered=False)
        except BulkWriteError as error:
            # guard() let it through, so there is no write concern error: every document's outcome is final.
            for fault in (error.details or {}).get("writeErrors", ()):
                duplicate = fault.get("code") == _DUPLICATE
                outcomes[fault["index"]] = Inserted.DUPLICATE if duplicate else Inserted.FAILED
        except PyMongoError as error:
            raise Unavailable("The database refused to store this.") from error
        return outcomes

    async def load(self, id: str) -> Document | None:
        async with guard():
            return await self._collection.find_one({"_id": id})

    async def load_surely(self, id: str) -> Document | None:
        async with guard():
            return await self._collection.with_options(read_concern=_LINEARIZABLE).find_one({"_id": id})

    async def apply(self, change: Change) -> bool:
        try:
            async with guard():
                result = await self._collection.update_one(
                    {"_id": change.id, "version": change.version}, _operators(change)
                )
        except WriteError as error:
            if error.code in _TOO_LARGE:
                raise Conflict("The document has no room for more.", code="history_full") from None
            raise
        return result.matched_count == 1

    async def pending(
        self, lanes: Collection[int], *, limit: int, events: int, without: Collection[str]
    ) -> Sequence[Waiting]:
        query: dict[str, Any] = {"lane": {"$in": sorted(lanes)}, "waiting_since": {"$exists": True}}
        if without:
            query["_id"] = {"$nin": list(without)}
        fields = {"lane": 1, "pending": {"$slice": min(events, MAX_PER_DOCUMENT)}}
        found: list[Waiting] = []
        async with guard():
            cursor = self._collection.find(query, fields).sort("waiting_since", ASCENDING).limit(limit)
            try:
                # Not all at once: after a long outage each of them may hold as much as a whole wave.
                async for document in cursor:
                    found.append(Waiting(document["_id"], document["lane"], document["pending"]))
                    events -= len(document["pending"])
                    if events <= 0:
                        break
            finally:
                await cursor.close()
        return found

    async def trim(self, sent: Mapping[str, int]) -> None:
        if not sent:
            return
        async with guard():
            await self._collection.bulk_write(
                [
                    UpdateOne({"_id": id, "waiting_since": {"$exists": True}}, _trimming(upto))
                    for id, upto in sent.items()
                ],
                ordered=False,
            )

    async def due(
        self, lanes: Collection[int], now: datetime, *, limit: int, without: Collection[str]
    ) -> Sequence[str]:
        query: dict[str, Any] = {"next_due": {"$lte": now}, "lane": {"$in": sorted(lanes)}}
        if without:
            query["_id"] = {"$nin": list(without)}
        async with guard():
            found = (
                await self._collection.find(query, {"_id": 1})
                .sort("next_due", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [document["_id"] for document in found]

    async def backlog(self, lanes: Collection[int]) -> Backlog:
        async with guard():
            found = await self._collection.aggregate(
                [
                    {"$match": {"lane": {"$in": sorted(lanes)}, "waiting_since": {"$exists": True}}},
                    {"$sort": {"waiting_since": ASCENDING}},
                    {"$limit": COUNTED},
                    {
                        "$group": {
                            "_id": None,
                            "events": {"$sum": {"$size": "$pending"}},
                            "oldest": {"$min": "$waiting_since"},
                        }
                    },
                ]
            ).to_list(1)
        return Backlog(found[0]["events"], found[0]["oldest"]) if found else Backlog(0, None)


def _operators(change: Change) -> dict[str, Any]:
    operators: dict[str, Any] = {}
    sets: dict[str, Any] = {**change.sets, "version": change.version + 1, "sequence": change.sequence}
    pushes: dict[str, Any] = {"writes": {"$each": [change.write], "$slice": -WRITES_KEPT}}
    if change.seen is not None:
        sets[f"seen.{change.seen[0]}"] = change.seen[1]
    oldest: dict[str, datetime] = {}
    if change.pending:
        pushes["pending"] = {"$each": list(change.pending)}
        oldest["waiting_since"] = change.pending[0]["time"]
    if change.unlogged is not None:
        oldest["unlogged_since"] = change.unlogged
    if oldest:
        operators["$min"] = oldest
    if change.replace_timeline is not None:
        sets["timeline"] = list(change.replace_timeline)
    elif change.timeline:
        pushes["timeline"] = {"$each": list(change.timeline)}
    operators |= {"$set": sets, "$push": pushes}
    if change.unsets:
        operators["$unset"] = dict.fromkeys(change.unsets, "")
    return operators


@lru_cache(256)  # nearly all aggregates have had few events
def _trimming(upto: int) -> list[dict[str, Any]]:
    left = {"$filter": {"input": "$pending", "cond": {"$gt": ["$$this.sequence", upto]}}}
    empty = {"$eq": ["$pending", []]}
    return [
        {"$set": {"pending": left}},
        {
            "$set": {
                "pending": {"$cond": [empty, "$$REMOVE", "$pending"]},
                "waiting_since": {"$cond": [empty, "$$REMOVE", {"$min": "$pending.time"}]},
            }
        },
    ]
