"""Parked events in MongoDB: collection `parked` of the service's own database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.consume.record import Record
from shared.consume.store import Parked
from shared.mongo import Database, Document, guard

COLLECTION = "parked"


class MongoPark:
    """`shared.consume.store.ParkStore` for one consumer group."""

    def __init__(self, database: Database, group: str) -> None:
        self._parked = database[COLLECTION]
        self._group = group

    async def prepare(self) -> None:
        """Create the index that finds heads."""
        async with guard():
            await self._parked.create_index(
                [("group", ASCENDING), ("key", ASCENDING), ("order", ASCENDING)], name="heads"
            )

    async def parked_among(self, keys: Sequence[str]) -> set[str]:
        async with guard():
            return set(await self._parked.distinct("key", {"group": self._group, "key": {"$in": list(keys)}}))

    async def park(self, event: Parked) -> None:
        async with guard():
            try:
                await self._parked.insert_one({"_id": self._id(event), **_to_document(event, self._group)})
            except DuplicateKeyError:
                return

    async def claim(self, now: datetime, seconds: float) -> Parked | None:
        due = {"head.next_at": {"$lte": now}, "head.claimed_until": {"$lte": now}}
        pipeline = [*self._heads({}), {"$match": due}, {"$sort": {"head.next_at": 1}}, {"$limit": 1}]
        async with guard():
            found = await self._parked.aggregate(pipeline).to_list(1)
        return await self._hold(found[0]["head"]["_id"], now, seconds) if found else None

    async def head(self, key: str, now: datetime, seconds: float) -> Parked | None:
        async with guard():
            found = await self._parked.aggregate(self._heads({"key": key})).to_list(1)
        return await self._hold(found[0]["head"]["_id"], now, seconds) if found else None

    async def defer(self, event: Parked, reason: str, until: datetime) -> None:
        async with guard():
            await self._parked.update_one(
                {"_id": self._id(event)},
                {
                    "$set": {"reason": reason, "next_at": until, "claimed_until": _NEVER},
                    "$inc": {"attempts": 1},
                },
            )

    async def remove(self, event: Parked) -> None:
        async with guard():
            await self._parked.delete_one({"_id": self._id(event)})

    async def counts(self) -> Mapping[str, int]:
        async with guard():
            keys = await self._parked.distinct("key", {"group": self._group})
            events = await self._parked.count_documents({"group": self._group})
        return {"keys": len(keys), "events": events}

    async def heads(self) -> list[tuple[Parked, int]]:
        """Every key's head and how many events wait behind it, longest waiting first: what an operator
        looks at.
        """
        async with guard():
            found = await self._parked.aggregate([*self._heads({}), {"$sort": {"head.since": 1}}]).to_list(
                None
            )
        return [(_from_document(one["head"]), one["events"] - 1) for one in found]

    async def ask_skip(self, key: str, now: datetime) -> bool:
        """An operator's word: the head of `key` is given up by the running consumer. False when the key is
        free.
        """
        async with guard():
            found = await self._parked.aggregate(self._heads({"key": key})).to_list(1)
            if not found:
                return False
            await self._parked.update_one(
                {"_id": found[0]["head"]["_id"]}, {"$set": {"skip": True, "next_at": now}}
            )
        return True

    async def _hold(self, identifier: str, now: datetime, seconds: float) -> Parked | None:
        async with guard():
            held = await self._parked.find_one_and_update(
                {"_id": identifier, "claimed_until": {"$lte": now}},
                {"$set": {"claimed_until": now + timedelta(seconds=seconds)}},
                return_document=ReturnDocument.AFTER,
            )
        return _from_document(held) if held else None

    def _heads(self, where: Document) -> list[Document]:
        return [
            {"$match": {"group": self._group, **where}},
            {"$sort": {"key": 1, "order": 1}},
            {"$group": {"_id": "$key", "head": {"$first": "$$ROOT"}, "events": {"$sum": 1}}},
        ]

    def _id(self, event: Parked) -> str:
        return f"{self._group}|{event.id}"


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _to_document(event: Parked, group: str) -> Document:
    record = event.record
    return {
        "group": group,
        "event": event.id,
        "key": event.key,
        "order": list(event.order),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "record_key": record.key,
        "value": record.value,
        "headers": [[name, value] for name, value in record.headers],
        "at": record.at,
        "reason": event.reason,
        "since": event.since,
        "attempts": event.attempts,
        "skip": event.skip,
        "next_at": event.since,
        "claimed_until": _NEVER,
    }


def _from_document(document: Document) -> Parked:
    sequence, topic, partition, offset = document["order"]
    return Parked(
        id=document["event"],
        key=document["key"],
        order=(sequence, topic, partition, offset),
        record=Record(
            topic=document["topic"],
            partition=document["partition"],
            offset=document["offset"],
            key=document["record_key"],
            value=document["value"],
            headers=tuple((name, value) for name, value in document["headers"]),
            at=document["at"],
        ),
        reason=document["reason"],
        since=document["since"],
        attempts=document["attempts"],
        skip=document["skip"],
    )
