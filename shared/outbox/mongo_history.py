"""Histories in MongoDB, found by their mark under an index that holds no others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, UpdateOne

from shared.mongo import Database, guard
from shared.outbox.history import Unlogged

MAX_ENTRIES = 500  # of one aggregate at a time
_AT_ONCE = 1_000
_HAS_NEWS = {"unlogged_since": {"$exists": True}}


class MongoHistory:
    def __init__(self, database: Database, name: str) -> None:
        self._collection = database[name]

    async def prepare(self, *, anew: bool = False) -> None:
        await self._collection.create_index(
            [("unlogged_since", ASCENDING)], name="unlogged", partialFilterExpression=_HAS_NEWS
        )
        fresh = {"logged": {"$exists": False}, "unlogged_since": {"$exists": False}}
        await self._collection.update_many(
            {"timeline.0": {"$exists": True}, **({} if anew else fresh)},
            [{"$set": {"logged": 0, "unlogged_since": {"$first": "$timeline.time"}}}],
        )

    async def unlogged(self, limit: int) -> Sequence[Unlogged]:
        fresh = {"$slice": ["$timeline", {"$ifNull": ["$logged", 0]}, MAX_ENTRIES]}
        stages: list[dict[str, Any]] = [
            {"$match": _HAS_NEWS},
            {"$sort": {"unlogged_since": ASCENDING}},
            {"$limit": limit},
            {"$project": {"entries": fresh}},
            {"$project": {f"entries.{name}": 1 for name in ("number", "time", "what", "hash")}},
        ]
        async with guard():
            found = await self._collection.aggregate(stages).to_list(limit)
        return [Unlogged(document["_id"], document["entries"]) for document in found]

    async def logged(self, upto: Mapping[str, int]) -> None:
        updates = [UpdateOne({"_id": id, **_HAS_NEWS}, _taken_up(number)) for id, number in upto.items()]
        for first in range(0, len(updates), _AT_ONCE):
            async with guard():
                await self._collection.bulk_write(updates[first : first + _AT_ONCE], ordered=False)

    async def oldest(self) -> datetime | None:
        async with guard():
            found = await self._collection.find_one(
                _HAS_NEWS, {"unlogged_since": 1}, sort=[("unlogged_since", ASCENDING)]
            )
        return None if found is None else found["unlogged_since"]


def _taken_up(number: int) -> list[dict[str, Any]]:
    """What is left is dated by its first entry; without any the mark goes."""
    first_left = {"$arrayElemAt": ["$timeline.time", "$logged"]}
    done = {"$gte": ["$logged", {"$size": "$timeline"}]}
    return [
        {"$set": {"logged": {"$max": ["$logged", number]}}},
        {"$set": {"unlogged_since": {"$cond": [done, "$$REMOVE", first_left]}}},
    ]
