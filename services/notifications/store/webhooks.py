"""Webhooks in MongoDB: the outbox writes them, lists are read here."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from services.notifications.domain.webhooks import Status, Webhook
from shared.mongo import Database, guard
from shared.outbox import Loaded, Outbox, StateCodec

COLLECTION = "webhooks"


class MongoWebhooks:
    """`usecases.deliveries.Registry` and `usecases.desk.Lists`."""

    def __init__(self, database: Database, outbox: Outbox[Webhook]) -> None:
        self._webhooks = database[COLLECTION]
        self._outbox = outbox
        self._codec = StateCodec(Webhook)

    async def prepare(self) -> None:
        """Create the indexes of these reads. Repeating it changes nothing."""
        await self._webhooks.create_indexes(
            [
                IndexModel([("owner", ASCENDING), ("created_at", ASCENDING)], name="owner"),
                IndexModel([("status", ASCENDING)], name="status"),
            ]
        )

    async def enabled(self) -> Mapping[str, int]:
        async with guard():
            found = await self._webhooks.find({"status": Status.ENABLED.value}, {"version": 1}).to_list(None)
        return {document["_id"]: document["version"] for document in found}

    async def get(self, id: str) -> Loaded[Webhook]:
        return await self._outbox.get(id)

    async def listed(
        self, owner: str | None, after: str | None, limit: int
    ) -> Sequence[tuple[str, int, Webhook]]:
        """Id, version and state of those of an owner (None: of all) that were not removed, by id."""
        wanted: dict[str, object] = {"status": {"$ne": Status.REMOVED.value}}
        if owner is not None:
            wanted["owner"] = {"$eq": owner}
        if after is not None:
            wanted["_id"] = {"$gt": after}
        async with guard():
            found = (
                await self._webhooks.find(wanted, {"timeline": 0})
                .sort("_id", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [(one["_id"], one["version"], self._codec.from_fields(one)) for one in found]

    async def oldest_of(self, owner: str, most: int) -> Sequence[str]:
        """Ids of the first `most` webhooks of an owner that were not removed."""
        wanted = {"owner": {"$eq": owner}, "status": {"$ne": Status.REMOVED.value}}
        order = [("created_at", ASCENDING), ("_id", ASCENDING)]
        async with guard():
            found = await self._webhooks.find(wanted, {"_id": 1}).sort(order).limit(most).to_list(most)
        return [document["_id"] for document in found]
