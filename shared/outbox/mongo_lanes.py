"""Leases in MongoDB: one document per lane, one per live replica, all judged by the database's own clock
($$NOW), so that replicas whose clocks disagree still agree on who owns what."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, ReturnDocument, UpdateOne

from shared.mongo import Database, guard
from shared.outbox.ports import LANES, Lane

_FREE = {"$expr": {"$lte": [{"$ifNull": ["$until", 0]}, "$$NOW"]}}
_VALID = {"$expr": {"$gt": ["$until", "$$NOW"]}}


class MongoLanes:
    """Collection `lanes`: {_id: 0..15, owner, until, epoch, n, cluster} and {_id: "replica:<owner>",
    until}."""

    def __init__(self, database: Database) -> None:
        self._lanes = database["lanes"]

    async def prepare(self) -> None:
        async with guard():
            await self._lanes.bulk_write(
                [
                    UpdateOne({"_id": lane}, {"$setOnInsert": {"epoch": 0}}, upsert=True)
                    for lane in range(LANES)
                ],
                ordered=False,
            )

    async def announce(self, owner: str, seconds: float) -> int:
        async with guard():
            await self._lanes.update_one(
                {"_id": f"replica:{owner}"}, [{"$set": {"until": _later(seconds)}}], upsert=True
            )
            live = await self._lanes.count_documents(
                {"_id": {"$gte": "replica:", "$lt": "replica;"}, **_VALID}
            )
            # A replica that died an hour ago is of no interest to anybody.
            await self._lanes.delete_many(
                {
                    "_id": {"$gte": "replica:", "$lt": "replica;"},
                    "$expr": {"$lt": ["$until", {"$subtract": ["$$NOW", 3_600_000]}]},
                }
            )
        return max(1, live)

    async def take(self, owner: str, seconds: float, count: int) -> Sequence[Lane]:
        taken: list[Lane] = []
        async with guard():
            while len(taken) < count:
                document: Mapping[str, Any] | None = await self._lanes.find_one_and_update(
                    {"_id": {"$type": "number"}, **_FREE},
                    [{"$set": {"owner": owner, "until": _later(seconds), "epoch": {"$add": ["$epoch", 1]}}}],
                    sort=[("until", ASCENDING)],
                    return_document=ReturnDocument.AFTER,
                )
                if document is None:
                    break
                taken.append(_lane(document))
        return taken

    async def renew(self, owner: str, held: Mapping[int, int], seconds: float) -> Collection[int]:
        if not held:
            return ()
        async with guard():
            await self._lanes.bulk_write(
                [
                    UpdateOne(
                        {"_id": lane, "owner": owner, **_VALID},
                        [{"$set": {"until": _later(seconds), "n": n}}],
                    )
                    for lane, n in held.items()
                ],
                ordered=False,
            )
            mine = await self._lanes.find(
                {"_id": {"$in": list(held)}, "owner": owner, **_VALID}, {"_id": 1}
            ).to_list(LANES)
        return {document["_id"] for document in mine}

    async def release(self, owner: str, held: Mapping[int, int]) -> None:
        if not held:
            return
        async with guard():
            await self._lanes.bulk_write(
                [
                    UpdateOne(
                        {"_id": lane, "owner": owner},
                        {"$set": {"n": n}, "$unset": {"owner": "", "until": ""}},
                    )
                    for lane, n in held.items()
                ],
                ordered=False,
            )

    async def saw_cluster(self, owner: str, lane: int, cluster: str) -> None:
        async with guard():
            await self._lanes.update_one({"_id": lane, "owner": owner}, {"$set": {"cluster": cluster}})

    async def depart(self, owner: str) -> None:
        async with guard():
            await self._lanes.delete_one({"_id": f"replica:{owner}"})


def _later(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(seconds * 1000)]}


def _lane(document: Mapping[str, Any]) -> Lane:
    return Lane(document["_id"], document["epoch"], document.get("n", 0), document.get("cluster"))
