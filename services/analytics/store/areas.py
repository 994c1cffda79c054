"""Areas in MongoDB: `_id` is the key with the day it is valid from, since official codes were used again in
2025.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from shared.folding import fold
from shared.mongo import Database, Document, guard
from shared.places import Area

INDEXES = [
    IndexModel([("parent", ASCENDING), ("_id", ASCENDING)], name="below"),
    IndexModel([("key", ASCENDING)], name="key"),
]
_AT_ONCE = 1000


class MongoAreas:
    """`usecases.desk.Gazetteer` on a Motor collection."""

    def __init__(self, database: Database) -> None:
        self._areas = database["areas"]

    async def seed(self, areas: Iterable[Area]) -> int:
        """Upserts all; doing it again changes nothing. Returns how many there are."""
        writes = [UpdateOne({"_id": area.position}, {"$set": _document(area)}, upsert=True) for area in areas]
        for start in range(0, len(writes), _AT_ONCE):
            await self._areas.bulk_write(writes[start : start + _AT_ONCE], ordered=False)
        return len(writes)

    async def children(self, parent: str | None) -> Sequence[str]:
        query: Document = {"parent": parent, "rolled_up": True}
        async with guard():
            found = await self._areas.find(query, {"key": 1}).to_list(None)
        return sorted({one["key"] for one in found})

    async def wards(self, area: str | None) -> int:
        query: Document = {"rolled_up": True, "parent": {"$ne": None} if area is None else area}
        if area is None:
            query["fictional"] = False
        async with guard():
            return await self._areas.count_documents(query)

    async def names(self, keys: Sequence[str]) -> Mapping[str, str]:
        async with guard():
            found = self._areas.find({"key": {"$in": list(keys)}}, {"key": 1, "name": 1})
            return {one["key"]: one["name"] async for one in found}

    async def find(self, words: str, parent: str | None, after: str | None, limit: int) -> list[Area]:
        """Areas whose folded name has every word of `words` at a word's start, by key."""
        # A regular expression cannot hold NUL (BSON), and no name does.
        starts = fold(words).replace("\0", " ").split()[:8]
        conditions: list[Document] = [
            {"folded": {"$regex": rf"(^|[ ,(]){re.escape(word)}"}} for word in starts
        ]
        if parent is not None:
            conditions.append({"parent": parent})
        if after is not None:
            conditions.append({"_id": {"$gt": after}})
        query: Document = {"$and": conditions} if conditions else {}
        async with guard():
            found = await self._areas.find(query).sort("_id", ASCENDING).limit(limit).to_list(limit)
        return [_area(one) for one in found]


def _document(area: Area) -> Document:
    return {
        "key": area.key,
        "name": area.name,
        "folded": fold(area.name),
        "kind": area.kind,
        "parent": area.parent,
        "valid_from": area.valid_from.isoformat(),
        "rolled_up": area.rolled_up,
        "fictional": area.fictional,
        "lat": area.lat,
        "lon": area.lon,
    }


def _area(document: Mapping[str, Any]) -> Area:
    return Area(
        key=document["key"],
        name=document["name"],
        kind=document["kind"],
        parent=document["parent"],
        valid_from=date.fromisoformat(document["valid_from"]),
        rolled_up=document["rolled_up"],
        lat=document["lat"],
        lon=document["lon"],
        fictional=document["fictional"],
    )
