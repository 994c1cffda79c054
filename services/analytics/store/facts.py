"""Facts: one small document per event, by the event's id, and the marks on the buckets they touch."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.analytics.domain.counted import Source
from services.analytics.domain.facts import Fact, Key, ward_of
from shared.clock import Clock
from shared.errors import Unavailable
from shared.mongo import Collection as MongoCollection
from shared.mongo import Document, guard

FACT_INDEXES = [
    IndexModel([("buckets", ASCENDING)], name="buckets"),
    IndexModel([("subject", ASCENDING), ("sequence", ASCENDING)], name="sequence_of_subject"),
]
MARK_INDEXES = [
    IndexModel([("stage", ASCENDING), ("since", ASCENDING)], name="next"),
    IndexModel([("since", ASCENDING)], name="oldest"),
]
DUPLICATE_KEY = 11000
_ROUNDS = 5
_OPTIONAL = ("apart", "moment", "points")


class MongoFacts:
    """`consumers.FactStore`: rows of the collection, and marks on the buckets they belong to."""

    def __init__(self, collection: MongoCollection, marks: "Marks") -> None:
        self.collection = collection
        self._marks = marks

    def row(self, fact: Fact) -> Document:
        return {
            "_id": fact.id,
            "type": fact.type,
            "source": fact.source,
            "subject": fact.subject,
            "sequence": fact.sequence,
            "buckets": sorted(str(key) for key in fact.buckets),
            "at": fact.at,
            "began": fact.began.isoformat(),
            "area": fact.area,
            "kind": fact.kind,
            "restricted": fact.restricted,
            **{name: value for name in _OPTIONAL if (value := getattr(fact, name)) is not None},
        }

    async def mark(self, rows: Collection[Document]) -> None:
        await self._marks.set([Key.parse(name) for name in {name for one in rows for name in one["buckets"]}])


def fact_of(document: Mapping[str, Any]) -> Fact:
    return Fact(
        id=document["_id"],
        type=document["type"],
        source=document["source"],
        subject=document["subject"],
        sequence=document["sequence"],
        at=document["at"].astimezone(UTC),
        began=date.fromisoformat(document["began"]),
        area=document["area"],
        kind=document["kind"],
        restricted=document["restricted"],
        apart=document.get("apart"),
        moment=None if document.get("moment") is None else document["moment"].astimezone(UTC),
        points=document.get("points"),
    )


class Marks:
    """Which buckets are to be recomputed. A mark is fresh each time, so that a clearing worker sees a newer
    wish.
    """

    def __init__(self, collection: MongoCollection, clock: Clock) -> None:
        self._collection = collection
        self._clock = clock

    async def set(self, keys: Collection[Key]) -> None:
        fresh, now = uuid4().hex, self._clock.now()
        wishes = [
            UpdateOne(
                {"_id": str(key)},
                {"$set": {"mark": fresh, "stage": stage_of(key)}, "$setOnInsert": {"since": now}},
                upsert=True,
            )
            for key in sorted(keys)
        ]
        for _ in range(_ROUNDS):
            if not wishes:
                return
            try:
                async with guard():
                    await self._collection.bulk_write(wishes, ordered=False)
                return
            except BulkWriteError as error:
                # Two upserts of one new mark at once: the loser must be repeated, or its wish is lost.
                wishes = [wishes[index] for index in collided(error)]
        raise Unavailable("marks kept colliding with another replica")

    async def oldest(self) -> datetime | None:
        async with guard():
            found = await self._collection.find_one({}, {"since": 1}, sort=[("since", ASCENDING)])
        return found["since"].astimezone(UTC) if found else None


def stage_of(key: Key) -> int:
    """Leaves are folded before the sums that need them: ward days, then province days and ward months, then
    months.
    """
    month = len(key.span) == len("YYYY-MM")
    return {"leaf": 0, "ward": 1, "province": 2}[key.level] + (1 if month else 0)


def collided(error: BulkWriteError) -> list[int]:
    """Indexes of writes that met a duplicate key; raises the error again when it holds anything else."""
    faults = error.details["writeErrors"]
    if error.details.get("writeConcernErrors") or any(fault["code"] != DUPLICATE_KEY for fault in faults):
        raise error
    return [fault["index"] for fault in faults]


def reporting_id(key: Key, source: Source) -> str:
    return f"{ward_of(key.area)}|{'inspectorate' if key.restricted else 'open'}|{source}"
