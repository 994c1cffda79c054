"""Subscriptions in MongoDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import DESCENDING, IndexModel

from services.notifications.domain.subscriptions import Subscription, SubscriptionState
from shared.mongo import Collection, Database, guard
from shared.outbox import StateCodec

SUBSCRIPTIONS: Final = "subscriptions"
CODEC: Final = StateCodec(Subscription)


class SubscriptionStore:
    """The reads of the subscriptions collection."""

    def __init__(self, database: Database) -> None:
        self._subscriptions: Collection = database[SUBSCRIPTIONS]

    async def prepare(self) -> None:
        """Create the index of these reads. Repeating it changes nothing."""
        with guard():
            order = [("owner", DESCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]
            await self._subscriptions.create_indexes([IndexModel(order, name="owner")])

    async def of(
        self, owner: str, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[str, int, Subscription]]:
        wanted: dict[str, Any] = _active(owner)
        if after is not None:
            at, last = after
            wanted["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": last}}]
        found = self._subscriptions.find(wanted, {"timeline": 0}).sort([("created_at", -1), ("_id", -1)])
        async with guard():
            documents = await found.limit(limit).to_list(limit)
        return [(one["_id"], one["version"], CODEC.from_fields(one)) for one in documents]

    async def count(self, owner: str) -> int:
        async with guard():
            return await self._subscriptions.count_documents(_active(owner))


def _active(owner: str) -> dict[str, Any]:
    return {"owner": owner, "status": SubscriptionState.ACTIVE.value}
