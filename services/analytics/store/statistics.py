"""Attested statistics in MongoDB: the outbox writes them (one aggregate each), lists are read here."""

from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel

from services.analytics.domain.statistics import Statistic
from services.analytics.usecases.statistics import Listed, Wanted
from shared.mongo import Database, Document, guard
from shared.outbox import StateCodec

COLLECTION = "statistics"
INDEXES = [IndexModel([("area", ASCENDING), ("indicator", ASCENDING), ("_id", ASCENDING)], name="list")]


class MongoStatistics:
    """`usecases.statistics.Statements` on a Motor collection."""

    def __init__(self, database: Database) -> None:
        self._statistics = database[COLLECTION]
        self._codec = StateCodec(Statistic)

    async def read(self, wanted: Wanted, after: tuple[str, str, str] | None, limit: int) -> Sequence[Listed]:
        """By area, indicator and id; `after` is the (area, indicator, id) of the last one seen."""
        conditions: list[Document] = []
        if wanted.area is not None:
            below = {"$gt": wanted.area + "/", "$lt": wanted.area + "0"}  # "0" follows "/"
            conditions.append({"$or": [{"area": wanted.area}, {"area": below}]})
        if wanted.indicator is not None:
            conditions.append({"indicator": wanted.indicator})
        if wanted.period is not None:
            start, end = wanted.period.start.isoformat(), wanted.period.end.isoformat()
            conditions.append({"start": {"$lte": end}, "end": {"$gte": start}})
        if after is not None:
            area, indicator, id = after
            conditions.append(
                {
                    "$or": [
                        {"area": {"$gt": area}},
                        {"area": area, "indicator": {"$gt": indicator}},
                        {"area": area, "indicator": indicator, "_id": {"$gt": id}},
                    ]
                }
            )
        order = [("area", ASCENDING), ("indicator", ASCENDING), ("_id", ASCENDING)]
        async with guard():
            cursor = self._statistics.find({"$and": conditions} if conditions else {}, {"timeline": 0})
            found = await cursor.sort(order).limit(limit).to_list(limit)
        return [Listed(one["_id"], one["version"], self._codec.from_fields(one)) for one in found]
