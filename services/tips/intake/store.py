"""MongoDB for intake: the prints of bodies beside tips, and the submissions that could not be taken in."""

from collections.abc import Mapping
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.tips.tip.store import COLLECTION
from shared.mongo import Collection, Database, guard

REJECTED = "rejected_submissions"
_REJECTED_DAYS = 30


class IntakeStore:
    def __init__(self, database: Database) -> None:
        self._tips: Collection = database[COLLECTION]
        self._rejected: Collection = database[REJECTED]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        async with guard():
            await self._tips.create_indexes(
                [IndexModel([("print_until", ASCENDING)], name="prints", sparse=True)]
            )
            await self._rejected.create_indexes(
                [IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=_REJECTED_DAYS * 86_400)]
            )

    async def forget_prints(self, now: datetime) -> int:
        """Drop the fingerprints of bodies that are older than a day. Returns how many.

        Beside the write door on purpose: it touches no state and no version, only what was written at
        creation.
        """
        async with guard():
            done = await self._tips.update_many(
                {"print_until": {"$lte": now}}, {"$unset": {"print": "", "print_until": ""}}
            )
        return done.modified_count

    async def reject(self, id: str, reason: str, at: datetime, sealed: Mapping[str, str]) -> None:
        """Keep a submission that could not be taken in, sealed, for thirty days. A repeat changes nothing."""
        async with guard():
            await self._rejected.update_one(
                {"_id": id}, {"$setOnInsert": {"reason": reason, "at": at, **sealed}}, upsert=True
            )
