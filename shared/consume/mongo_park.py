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
        """Create the indexes that find heads and what is due."""
        async with guard():
            await self._parked.create_index(
                [("group", ASCENDING), ("key", ASCENDING), ("order", ASCENDING)], name="heads"
            )
            await self._parked.create_index([("group", ASCENDING), ("next_at", ASCENDING)], name="due")

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
        # By index from what is due to its head: grouping all that is parked would cost its whole size each
        # time.
        due = {"group": self._group, "next_at": {"$lte": now}}
        while True:
            async with guard():
                found = await self._parked.find_one(due, {"key": 1}, sort=[("next_at", ASCENDING)])
                if found is None:
                    return None
                head = await self._first(found["key"])
                later = max(head["next_at"], head["claimed_until"]) if head else now
                if later > now:
                    # A follower is not due before its head is.
                    await self._parked.update_many({**due, "key": found["key"]}, {"$set": {"next_at": later}})
                    continue
            held = await self._hold(head, now, seconds) if head else None
            if held is not None:
                return held

    async def head(self, key: str, now: datetime, seconds: float) -> Parked | None:
        async with guard():
            found = await self._first(key)
        return await self._hold(found, now, seconds) if found else None

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
            await self._parked.find_one_and_update(
                {"group": self._group, "key": event.key}, {"$set": {"next_at": _NEVER}}, sort=_IN_ORDER
            )

    async def counts(self) -> Mapping[str, int]:
        async with guard():
            keys = await self._parked.distinct("key", {"group": self._group})
            events = await self._parked.count_documents({"group": self._group})
        return {"keys": len(keys), "events": events}

    async def heads(self) -> list[tuple[Parked, int]]:
        """Every key's head and how many events wait behind it, longest waiting first: what an operator
        looks at.
        """
        pipeline: list[Document] = [
            {"$match": {"group": self._group}},
            {"$sort": {"key": 1, "order": 1}},
            {"$group": {"_id": "$key", "head": {"$first": "$$ROOT"}, "events": {"$sum": 1}}},
            {"$sort": {"head.since": 1}},
        ]
        async with guard():
            found = await self._parked.aggregate(pipeline).to_list(None)
        return [(_from_document(one["head"]), one["events"] - 1) for one in found]

    async def ask_skip(self, key: str, now: datetime) -> bool:
        """An operator's word: the head of `key` is given up by the running consumer. False when the key is
        free.
        """
        async with guard():
            head = await self._parked.find_one_and_update(
                {"group": self._group, "key": key}, {"$set": {"skip": True, "next_at": now}}, sort=_IN_ORDER
            )
        return head is not None

    async def _first(self, key: str) -> Document | None:
        return await self._parked.find_one(
            {"group": self._group, "key": key}, {"next_at": 1, "claimed_until": 1}, sort=_IN_ORDER
        )

    async def _hold(self, head: Document, now: datetime, seconds: float) -> Parked | None:
        async with guard():
            held = await self._parked.find_one_and_update(
                {"_id": head["_id"], "claimed_until": {"$lte": now}},
                {"$set": {"claimed_until": now + timedelta(seconds=seconds)}},
                return_document=ReturnDocument.AFTER,
            )
        return _from_document(held) if held else None

    def _id(self, event: Parked) -> str:
        return f"{self._group}|{event.id}"


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_IN_ORDER = [("order", ASCENDING)]
_ORDER = ("sequence", "topic", "partition", "offset")


def _to_document(event: Parked, group: str) -> Document:
    record = event.record
    return {
        "group": group,
        "event": event.id,
        "key": event.key,
        # No list: MongoDB sorts a list by its smallest element, which is mostly the partition's number.
        "order": dict(zip(_ORDER, event.order, strict=True)),
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
    order = document["order"]
    return Parked(
        id=document["event"],
        key=document["key"],
        order=(order["sequence"], order["topic"], order["partition"], order["offset"]),
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
