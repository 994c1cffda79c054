"""The attempts log in MongoDB: what became of each sending, for two weeks. No address, header or body."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notifications.domain.attempts import Answer, Fault, Outcome
from services.notifications.usecases.deliveries import Attempt
from shared.mongo import Database, Document, guard

KEPT: Final = timedelta(days=14)


class MongoAttempts:
    """`usecases.deliveries.Attempts` on the collection `webhook_attempts`."""

    def __init__(self, database: Database) -> None:
        self._attempts = database["webhook_attempts"]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        await self._attempts.create_indexes(
            [
                IndexModel([("webhook", ASCENDING), ("_id", DESCENDING)], name="newest"),
                IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=int(KEPT.total_seconds())),
            ]
        )

    async def note(self, attempts: Sequence[Attempt]) -> None:
        async with guard():
            await self._attempts.insert_many([_written(one) for one in attempts], ordered=False)

    async def delivered_since(self, webhook: str, since: datetime) -> bool:
        wanted = {"webhook": webhook, "at": {"$gt": since}, "outcome": Outcome.DELIVERED.value}
        async with guard():
            return await self._attempts.find_one(wanted, {"_id": 1}) is not None

    async def listed(self, webhook: str, after: str | None, limit: int) -> Sequence[tuple[str, Attempt]]:
        """The newest first; `after` is the id of the last one seen."""
        wanted: dict[str, Any] = {"webhook": webhook}
        if after is not None:
            wanted["_id"] = {"$lt": ObjectId(after)}
        async with guard():
            found = await self._attempts.find(wanted).sort("_id", DESCENDING).limit(limit).to_list(limit)
        return [(str(one["_id"]), _attempt(one)) for one in found]


def _written(attempt: Attempt) -> Document:
    answer = attempt.answer
    return {
        "webhook": attempt.webhook,
        "message": attempt.message,
        "event": attempt.event,
        "type": attempt.type,
        "number": attempt.number,
        "attempt": attempt.attempt,
        "at": attempt.at,
        "outcome": attempt.outcome.value,
        "status": answer.status,
        "fault": None if answer.fault is None else answer.fault.value,
        "milliseconds": attempt.milliseconds,
    }


def _attempt(written: Mapping[str, Any]) -> Attempt:
    fault = written["fault"]
    return Attempt(
        webhook=written["webhook"],
        message=written["message"],
        event=written["event"],
        type=written["type"],
        number=written["number"],
        attempt=written["attempt"],
        at=written["at"].astimezone(UTC),
        outcome=Outcome(written["outcome"]),
        answer=Answer(written["status"], None if fault is None else Fault(fault)),
        milliseconds=written["milliseconds"],
    )
