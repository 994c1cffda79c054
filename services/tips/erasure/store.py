"""MongoDB for erasure: what was erased, counted from the tips themselves, so that a repeat counts nothing
twice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.tips.erasure.usecases import Erased, Period, Retention
from services.tips.tip.store import COLLECTION
from shared.contracts.vocabulary import ErasureReason, TipOutcome, TipState
from shared.mongo import Collection, Database, guard


class ErasureStore:
    def __init__(self, database: Database) -> None:
        self._tips: Collection = database[COLLECTION]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        sparse = {
            "erased": "erased_at",
            "identity_erased": "identity_erased_at",
            "erasure_due": "erasure_due",
        }
        async with guard():
            await self._tips.create_indexes(
                [
                    IndexModel(
                        [(field, ASCENDING)], name=name, partialFilterExpression={field: {"$type": "date"}}
                    )
                    for name, field in sparse.items()
                ]
            )

    async def retention(self, period: Period, now: datetime) -> Retention:
        where = _visible(period)
        then = {"$gte": period.since, "$lt": period.until}
        ended = {"$or": [{"kept_until": {"$lt": now}}, {"identity_until": {"$lt": now}}]}
        async with guard():
            groups = await self._tips.aggregate(
                [
                    {"$match": {"erased_at": then, **where}},
                    {"$group": {"_id": {"o": "$outcome", "r": "$erased_because"}, "count": {"$sum": 1}}},
                    {"$sort": {"_id": 1}},
                ]
            ).to_list(None)
            identities = await self._tips.count_documents({"identity_erased_at": then, **where})
            due = {"status": TipState.CLOSED.value, "next_due": {"$lt": now}, **ended, **where}
            waiting = await self._tips.count_documents(due)
            asked = await self._tips.count_documents({"erasure_due": {"$type": "date"}, **where})
            late = await self._tips.count_documents({"erasure_due": {"$lt": now}, **where})
        return Retention([_erased(group) for group in groups], identities, waiting, asked, late)


def _visible(period: Period) -> dict[str, Any]:
    found: dict[str, Any] = {} if period.restricted_too else {"restricted": False}
    return found if period.within is None else {**found, "within": {"$in": list(period.within)}}


def _erased(group: Mapping[str, Any]) -> Erased:
    outcome = group["_id"].get("o")
    return Erased(
        None if outcome is None else TipOutcome(outcome), ErasureReason(group["_id"]["r"]), group["count"]
    )
