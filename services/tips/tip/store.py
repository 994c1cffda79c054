"""MongoDB for tips: the reads beside the write door (which is the outbox's)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.tips.tip.domain.deadlines import APPEAL, LAST_SECOND
from services.tips.tip.domain.state import OPEN, Tip
from services.tips.tip.usecases.bench import Listed, Query
from shared.mongo import Collection, Database, guard
from shared.outbox import StateCodec

COLLECTION = "tips"


def within(tip: Tip) -> Mapping[str, Any]:
    """Beside the state: the area and each area around it. A page of a ward's newest then reads that page,
    however many tips there are; sorting what a pattern found would read all of the ward's.
    """
    parts = tip.area.split("/")
    return {"within": ["/".join(parts[: count + 1]) for count in range(len(parts))]}


# The same for what was stored before there was this field.
_WITHIN = {
    "$set": {
        "within": {
            "$reduce": {
                "input": {"$split": ["$area", "/"]},
                "initialValue": [],
                "in": {
                    "$concatArrays": [
                        "$$value",
                        [
                            {
                                "$cond": [
                                    {"$eq": ["$$value", []]},
                                    "$$this",
                                    {"$concat": [{"$arrayElemAt": ["$$value", -1]}, "/", "$$this"]},
                                ]
                            }
                        ],
                    ]
                },
            }
        }
    }
}


class TipStore:
    """The reads of the tips collection. Uniqueness rests on `_id` alone; `receipt_hash` is an ordinary
    index.
    """

    def __init__(self, database: Database) -> None:
        self._tips: Collection = database[COLLECTION]
        self._codec = StateCodec(Tip)

    async def prepare(self) -> None:
        """Create the indexes of these reads. Repeating it changes nothing."""
        with guard():
            await self._tips.update_many({"within": {"$exists": False}}, [_WITHIN])
            await self._tips.create_indexes(
                [
                    IndexModel([("receipt_hash", ASCENDING)], name="receipt"),
                    IndexModel([("received_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
                    IndexModel(
                        [("within", ASCENDING), ("received_at", DESCENDING), ("_id", DESCENDING)],
                        name="newest_within",
                    ),
                ]
            )

    async def by_receipt(self, receipt_hash: str) -> Sequence[str]:
        async with guard():
            found = await self._tips.find({"receipt_hash": receipt_hash}, {"_id": 1}).limit(2).to_list(2)
        return [document["_id"] for document in found]

    async def find(self, query: Query) -> Sequence[Listed]:
        wanted = self._tips.find(
            {"$and": _conditions(query)}, {"text": 0, "messages": 0, "timeline": 0, "pending": 0}
        )
        async with guard():
            found = (
                await wanted.sort([("received_at", -1), ("_id", -1)]).limit(query.limit).to_list(query.limit)
            )
        return [
            Listed(document["_id"], document["version"], self._codec.from_fields({**document, "text": ""}))
            for document in found
        ]


def _conditions(query: Query) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if query.within is not None:
        found.append({"within": {"$in": list(query.within)}} if query.within else {"_id": None})
    if not query.restricted_too:
        found.append({"restricted": False})
    if query.area is not None:
        found.append({"within": {"$eq": query.area}})
    for name in ("status", "category", "assigned_to"):
        if (value := getattr(query, name)) is not None:
            found.append({name: {"$eq": str(value)}})
    received = {"$gte": query.since, "$lt": query.until}
    if bounds := {name: value for name, value in received.items() if value is not None}:
        found.append({"received_at": bounds})
    if query.overdue is not None:
        found.append(_overdue(query.now) if query.overdue else {"$nor": [_overdue(query.now)]})
    if query.after is not None:
        at, last = query.after
        found.append({"$or": [{"received_at": {"$lt": at}}, {"received_at": at, "_id": {"$lt": last}}]})
    return found or [{}]


def _overdue(now: datetime) -> dict[str, Any]:
    """`clocks.overdue` as a condition."""
    late = {"met_at": None, "name": {"$ne": APPEAL}, "due": {"$lte": now - LAST_SECOND}}
    return {"status": {"$in": sorted(OPEN)}, "clocks": {"$elemMatch": late}}
