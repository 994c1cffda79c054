"""Attested statistics in MongoDB: the outbox writes them (one aggregate each), lists are read here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.analytics.domain.statistics import Statistic
from services.analytics.usecases.statistics import Listed, Wanted
from shared.contracts.vocabulary import Qualifier
from shared.mongo import Database, Document, guard

COLLECTION = "statistics"
INDEXES = [IndexModel([("area", ASCENDING), ("indicator", ASCENDING), ("_id", ASCENDING)], name="list")]
_OPTIONAL = ("low", "high", "place", "quote", "source", "reference", "note")


class StatisticCodec:
    """`shared.outbox.Codec` of a statistic: days as texts, absent fields left out."""

    def to_fields(self, state: Statistic) -> dict[str, Any]:
        return {
            "indicator": state.indicator,
            "value": state.value,
            "unit": state.unit,
            "qualifier": state.qualifier.value,
            "period": state.period,
            "start": state.start.isoformat(),
            "end": state.end.isoformat(),
            "area": state.area,
            "reported_at": state.reported_at,
            **{name: value for name in _OPTIONAL if (value := getattr(state, name)) is not None},
        }

    def from_fields(self, document: Mapping[str, Any]) -> Statistic:
        return Statistic(
            indicator=document["indicator"],
            value=document["value"],
            unit=document["unit"],
            qualifier=Qualifier(document["qualifier"]),
            period=document["period"],
            start=date.fromisoformat(document["start"]),
            end=date.fromisoformat(document["end"]),
            area=document["area"],
            reported_at=document["reported_at"].astimezone(UTC),
            **{name: document.get(name) for name in _OPTIONAL},
        )


class MongoStatistics:
    """`usecases.statistics.Statements` on a Motor collection."""

    def __init__(self, database: Database) -> None:
        self._statistics = database[COLLECTION]
        self._codec = StatisticCodec()

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
