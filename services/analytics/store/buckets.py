"""Buckets in MongoDB: `_id` is the key, `revision` for compare-and-set, `counts` [{c: count, k: kind, n}]."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING, DeleteOne, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.analytics.domain.buckets import Counts
from services.analytics.domain.counted import SOURCES, Source
from services.analytics.domain.facts import Fact, Key, Level, parents, province_of, ward_of
from services.analytics.store.facts import Marks, collided, fact_of, reporting_id
from services.analytics.usecases.grouping import COUNTRY, Bucket, FirstDays, Target
from services.analytics.usecases.recompute import Mark
from shared.clock import Clock
from shared.mongo import Database, Document, guard

BUCKET_INDEXES = [
    IndexModel([("level", ASCENDING), ("area", ASCENDING), ("span", ASCENDING)], name="of_area"),
    IndexModel([("level", ASCENDING), ("parent", ASCENDING), ("span", ASCENDING)], name="below"),
]
REPORTING_INDEXES = [
    IndexModel([("ward", ASCENDING)], name="ward"),
    IndexModel([("province", ASCENDING)], name="province"),
]


class MongoBuckets:
    """`usecases.recompute.Buckets` and `usecases.desk.Counted` on Motor collections."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._facts = database["facts"]
        self._marks_collection = database["marks"]
        self._buckets = database["buckets"]
        self._reporting = database["reporting"]
        self.marks = Marks(self._marks_collection, clock)

    async def marked(self, limit: int) -> Sequence[Mark]:
        async with guard():
            cursor = (
                self._marks_collection.find().sort([("stage", ASCENDING), ("since", ASCENDING)]).limit(limit)
            )
            found = await cursor.to_list(limit)
        return [
            Mark(Key.parse(one["_id"]), one["mark"]) for one in found if one["stage"] == found[0]["stage"]
        ]

    async def revisions(self, keys: Collection[Key]) -> Mapping[Key, int]:
        async with guard():
            found = await self._buckets.find({"_id": {"$in": _ids(keys)}}, {"revision": 1}).to_list(None)
        return {Key.parse(one["_id"]): one["revision"] for one in found}

    async def facts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Fact]]:
        wanted = {str(key): key for key in keys}
        found: dict[Key, list[Fact]] = {}
        async with guard():
            async for one in self._facts.find({"buckets": {"$in": list(wanted)}}):
                for name in wanted.keys() & one["buckets"]:
                    found.setdefault(wanted[name], []).append(fact_of(one))
        return found

    async def parts(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Counts]]:
        """Asked for together: a round trip per sum took longer than all else of a month's figures."""
        fields = {"level": 1, "area": 1, "parent": 1, "span": 1, "restricted": 1, "counts": 1}
        found: dict[Key, list[Counts]] = {}
        async with guard():
            async for one in self._buckets.find({"$or": _below(keys)}, fields):
                for key in _sums_above(one):
                    found.setdefault(key, []).append(_counts(one))
        return {key: found[key] for key in keys if key in found}

    async def write(self, counts: Mapping[Key, Counts], revisions: Mapping[Key, int]) -> Collection[Key]:
        attempt = uuid4().hex
        writes = [
            UpdateOne(
                {"_id": str(key), "revision": revisions.get(key, 0)},
                {
                    "$set": {
                        **_document(key, counted),
                        "revision": revisions.get(key, 0) + 1,
                        "write": attempt,
                    }
                },
                upsert=key not in revisions,
            )
            for key, counted in counts.items()
        ]
        try:
            async with guard():
                done = await self._buckets.bulk_write(writes, ordered=False)
            if done.matched_count + done.upserted_count == len(writes):
                return list(counts)
        except BulkWriteError as error:
            collided(error)  # another worker made the bucket first: ours is not written, and the mark stays
        async with guard():
            mine = self._buckets.find({"_id": {"$in": _ids(counts)}, "write": attempt}, {"_id": 1})
            return {Key.parse(one["_id"]) async for one in mine}

    async def reports_from(self, sources: Mapping[Key, Collection[Source]]) -> None:
        first: dict[str, tuple[Key, Source]] = {}
        for key in sorted(sources, key=lambda key: key.span):
            for source in sources[key]:
                first.setdefault(reporting_id(key, source), (key, source))
        writes = [
            UpdateOne(
                {"_id": name},
                {
                    "$min": {"first_day": key.span},
                    "$set": {
                        "source": source,
                        "ward": ward_of(key.area),
                        "province": province_of(key.area),
                        "restricted": key.restricted,
                    },
                },
                upsert=True,
            )
            for name, (key, source) in first.items()
        ]
        async with guard():
            await self._reporting.bulk_write(writes, ordered=False)

    async def mark(self, keys: Collection[Key]) -> None:
        await self.marks.set(keys)

    async def clear(self, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        async with guard():
            await self._marks_collection.bulk_write(
                [DeleteOne({"_id": str(mark.key), "mark": mark.mark}) for mark in marks], ordered=False
            )

    async def read(self, target: Target, spans: Sequence[str], *, restricted: bool) -> Sequence[Bucket]:
        query: Document = {"level": target.level, "span": {"$in": list(spans)}}
        if target.area is not None:
            query["area"] = target.area
        if target.parent is not None:
            query["parent"] = target.parent
        if not restricted:
            query["restricted"] = False
        async with guard():
            found = await self._buckets.find(query, {"area": 1, "span": 1, "counts": 1}).to_list(None)
        return [Bucket(one["area"], one["span"], _counts(one)) for one in found]

    async def first_days(self, area: str | None, *, restricted: bool) -> FirstDays:
        """Per source: ward → first day (`YYYY-MM-DD`) from which it reports, below a ward or province, or
        everywhere.
        """
        query: Document = {} if restricted else {"restricted": False}
        if area is None:
            query["province"] = {"$ne": None}  # a place that no longer exists is no part of any sum
        elif "/" in area:
            query["ward"] = ward_of(area)
        else:
            query["province"] = area
        first: dict[Source, dict[str, str]] = {source: {} for source in SOURCES}
        async with guard():
            async for one in self._reporting.find(query):
                days, ward, day = first[one["source"]], one["ward"], one["first_day"]
                days[ward] = min(day, days.get(ward, day))
        return first

    async def oldest_mark(self) -> datetime | None:
        return await self.marks.oldest()

    async def gaps(self, limit: int) -> list[Document]:
        """Aggregates of which an event is missing: fewer facts than their highest sequence."""
        stages: list[Mapping[str, Any]] = [
            {"$group": {"_id": "$subject", "found": {"$sum": 1}, "expected": {"$max": "$sequence"}}},
            {"$match": {"$expr": {"$lt": ["$found", "$expected"]}}},
            {"$sort": {"_id": 1}},
            {"$limit": limit},
            {"$project": {"_id": 0, "subject": "$_id", "expected": 1, "found": 1}},
        ]
        async with guard():
            return await self._facts.aggregate(stages, allowDiskUse=True).to_list(limit)


def _ids(keys: Collection[Key] | Mapping[Key, object]) -> list[str]:
    return [str(key) for key in keys]


def _document(key: Key, counts: Counts) -> Document:
    parent = {"leaf": ward_of(key.area), "ward": province_of(key.area), "province": COUNTRY}[key.level]
    return {
        "level": key.level,
        "area": key.area,
        "parent": parent,
        "span": key.span,
        "restricted": key.restricted,
        "counts": [{"c": name, "k": kind, "n": number} for (name, kind), number in sorted(counts.items())],
    }


def _counts(document: Mapping[str, Any]) -> Counts:
    return {(one["c"], one["k"]): one["n"] for one in document["counts"]}


def _below(keys: Collection[Key]) -> list[Document]:
    """Which buckets sums are made of: a month of its own days, a ward's day of its leaves, a province's of
    its wards. What is one step below several areas on one day is one condition.
    """
    months: list[Document] = []
    days: dict[tuple[Level, str, bool], list[str]] = {}
    for key in keys:
        if len(key.span) == len("YYYY-MM"):
            span = {"$gte": f"{key.span}-01", "$lte": f"{key.span}-31"}
            months.append({"level": key.level, "area": key.area, "span": span, "restricted": key.restricted})
        else:
            below: Level = "leaf" if key.level == "ward" else "ward"
            days.setdefault((below, key.span, key.restricted), []).append(key.area)
    return months + [
        {"level": level, "parent": {"$in": areas}, "span": span, "restricted": restricted}
        for (level, span, restricted), areas in days.items()
    ]


def _sums_above(document: Mapping[str, Any]) -> list[Key]:
    """What a day's bucket is a part of."""
    day = Key(document["level"], document["area"], document["span"], document["restricted"])
    return parents(day)
