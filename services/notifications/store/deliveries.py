"""Deliveries in MongoDB: one document per webhook and event, under the id that the receiver sees."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.notifications.store.log import KEPT, entry_of
from services.notifications.usecases.deliveries import Delivery, Item
from services.notifications.usecases.settling import Settled
from shared.consume.mongo_store import MongoEffects
from shared.events import Event
from shared.mongo import Database, guard

PENDING: Final = "pending"
COUNTED: Final = 100_000


class MongoDeliveries:
    """`usecases.deliveries.Deliveries` on the collection `webhook_deliveries`."""

    def __init__(self, database: Database) -> None:
        self._deliveries = database["webhook_deliveries"]
        self._log = database["log"]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        waits = {"state": PENDING}
        # A delivery lasts as long as its event may be read again from Kafka: it remembers the sending.
        await self._deliveries.create_indexes(
            [
                # The webhook before the time: those that have something due are found in as many steps as
                # there are webhooks, however much waits for one of them (measured: 2 ms for 200).
                IndexModel(
                    [("state", ASCENDING), ("webhook", ASCENDING), ("due", ASCENDING)],
                    name="due",
                    partialFilterExpression=waits,
                ),
                IndexModel([("made", ASCENDING)], name="oldest", partialFilterExpression=waits),
                IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=int(KEPT.total_seconds())),
            ]
        )

    async def known(self, messages: Collection[str]) -> Collection[str]:
        async with guard():
            found = await self._deliveries.find({"_id": {"$in": list(messages)}}, {"_id": 1}).to_list(None)
        return {document["_id"] for document in found}

    async def add(self, webhook: str, items: Sequence[Item], now: datetime) -> None:
        rows = [
            {
                "_id": item.message,
                "webhook": webhook,
                "event": item.event,
                "type": item.type,
                "number": item.number,
                "state": PENDING,
                "due": now,
                "attempts": 0,
                "made": now,
                "at": now,
            }
            for item in items
        ]
        await MongoEffects().insert(self._deliveries, rows)

    async def again(self, messages: Collection[str], replay: str, now: datetime) -> None:
        ended = {"state": {"$ne": PENDING}, "replay": {"$ne": replay}}
        due = {"state": PENDING, "due": now, "attempts": 0, "made": now, "at": now, "replay": replay}
        async with guard():
            await self._deliveries.bulk_write(
                [UpdateOne({"_id": one, **ended}, {"$set": due}) for one in messages], ordered=False
            )

    async def waiting(self, webhook: str, most: int) -> int:
        async with guard():
            return await self._deliveries.count_documents({"state": PENDING, "webhook": webhook}, limit=most)

    async def due(self, now: datetime) -> Sequence[str]:
        async with guard():
            found: list[str] = await self._deliveries.distinct(
                "webhook", {"state": PENDING, "due": {"$lte": now}}
            )
        return found

    async def claim(self, webhook: str, now: datetime, most: int, until: datetime) -> Sequence[Delivery]:
        due = {"state": PENDING, "webhook": webhook, "due": {"$lte": now}}
        claim = secrets.token_hex(8)
        async with guard():
            found = await self._deliveries.find(due).sort("due", ASCENDING).limit(most).to_list(most)
            if not found:
                return ()
            # Whoever claims one of them first moves its `due`, and the other's condition no longer holds.
            done = await self._deliveries.bulk_write(
                [
                    UpdateOne(
                        {"_id": one["_id"], "state": PENDING, "due": one["due"]},
                        {"$set": {"due": until, "claim": claim}},
                    )
                    for one in found
                ],
                ordered=False,
            )
            mine = found
            if done.modified_count < len(found):
                mine = await self._deliveries.find(
                    {"_id": {"$in": [one["_id"] for one in found]}, "claim": claim}
                ).to_list(most)
        return [
            Delivery(
                message=one["_id"],
                webhook=one["webhook"],
                event=one["event"],
                type=one["type"],
                number=one["number"],
                attempts=one["attempts"],
                claim=claim,
            )
            for one in mine
        ]

    async def settle(self, settled: Sequence[Settled]) -> None:
        """`usecases.settling.Deliveries`: what is no longer ours stays as it is."""
        writes = []
        for one in settled:
            told: dict[str, Any] = {"attempts": one.attempt.attempt}
            if one.state is not None:
                told |= {"state": one.state, "ended_at": one.attempt.at}
            else:
                told["due"] = one.again
            writes.append(UpdateOne(_ours(one.delivery), {"$set": told, "$unset": {"claim": ""}}))
        async with guard():
            await self._deliveries.bulk_write(writes, ordered=False)

    async def put_off(self, deliveries: Sequence[Delivery], due: datetime) -> None:
        if not deliveries:
            return
        told = {"$set": {"due": due}, "$unset": {"claim": ""}}
        async with guard():
            await self._deliveries.bulk_write(
                [UpdateOne(_ours(one), told) for one in deliveries], ordered=False
            )

    async def drop(self, webhook: str, now: datetime) -> None:
        async with guard():
            await self._deliveries.update_many(
                {"state": PENDING, "webhook": webhook},
                {"$set": {"state": "dropped", "ended_at": now}, "$unset": {"claim": ""}},
            )

    async def events(self, ids: Collection[str]) -> Mapping[str, Event]:
        async with guard():
            found = await self._log.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {one["_id"]: entry_of(one).event for one in found}

    async def backlog(self) -> tuple[int, datetime | None]:
        """How many wait over all webhooks (counted up to `COUNTED`), and since when the oldest does."""
        waits = {"state": PENDING}
        async with guard():
            count = await self._deliveries.count_documents(waits, limit=COUNTED)
            oldest = await self._deliveries.find_one(waits, {"made": 1}, sort=[("made", ASCENDING)])
        return count, oldest["made"] if oldest else None


def _ours(delivery: Delivery) -> dict[str, Any]:
    return {"_id": delivery.message, "state": PENDING, "claim": delivery.claim}
