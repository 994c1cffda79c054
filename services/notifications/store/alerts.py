"""Alerts in MongoDB."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notifications.domain.alert_table import AlertState
from services.notifications.domain.alerts import Alert
from services.notifications.usecases.alert_desk import Listed, Query
from shared.mongo import Collection, Database, guard
from shared.outbox import StateCodec

COLLECTION = "alerts"
MOST_BY_IDS = 500


def codec() -> StateCodec[Alert]:
    """Beside the state stand, for the lists, whether it is public and until when it stands."""
    return StateCodec(Alert, _beside)


def _beside(alert: Alert) -> Mapping[str, Any]:
    issued = alert.status is AlertState.ISSUED
    return {
        "public": alert.public,
        "stands_until": alert.latest.content.expires_at if issued else None,
    }


class AlertStore:
    """The reads of the alerts collection."""

    def __init__(self, database: Database) -> None:
        self._alerts: Collection = database[COLLECTION]
        self._codec = codec()

    async def prepare(self) -> None:
        """Create the indexes of these reads. Repeating it changes nothing."""
        with guard():
            await self._alerts.create_indexes(
                [
                    IndexModel([("drafted_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
                    IndexModel([("areas", ASCENDING), ("drafted_at", DESCENDING)], name="areas"),
                    IndexModel([("stands_until", DESCENDING)], name="standing"),
                ]
            )

    async def find(self, query: Query) -> Sequence[Listed]:
        wanted = self._alerts.find({"$and": _conditions(query)}, {"timeline": 0, "pending": 0})
        async with guard():
            found = (
                await wanted.sort([("drafted_at", -1), ("_id", -1)]).limit(query.limit).to_list(query.limit)
            )
        return [Listed(doc["_id"], doc["version"], self._codec.from_fields(doc)) for doc in found]

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, Alert]:
        if not ids:
            return {}
        wanted = self._alerts.find({"_id": {"$in": list(ids)}}, {"timeline": 0, "pending": 0})
        async with guard():
            found = await wanted.to_list(MOST_BY_IDS)
        return {doc["_id"]: self._codec.from_fields(doc) for doc in found}


def _conditions(query: Query) -> list[dict[str, Any]]:
    visible: list[dict[str, Any]] = [{"public": True}]
    if query.drafts_in is None:
        visible.append({})
    elif query.drafts_in:
        # No area of it lies outside.
        visible.append({"areas": {"$not": {"$elemMatch": {"$not": {"$regex": _under(query.drafts_in)}}}}})
    found: list[dict[str, Any]] = [{"$or": visible}]
    if query.area is not None:
        above = ["/".join(query.area.split("/")[:depth]) for depth in range(1, query.area.count("/") + 1)]
        found.append({"$or": [{"areas": {"$in": above}}, {"areas": {"$regex": _under((query.area,))}}]})
    if query.current is not None:
        stands = {"status": AlertState.ISSUED.value, "stands_until": {"$gt": query.now}}
        found.append(stands if query.current else {"$nor": [stands]})
    if query.after is not None:
        at, last = query.after
        found.append({"$or": [{"drafted_at": {"$lt": at}}, {"drafted_at": at, "_id": {"$lt": last}}]})
    return found


def _under(areas: Sequence[str]) -> str:
    """Any of `areas` and what lies below them, by whole segments."""
    return f"^({'|'.join(map(re.escape, areas))})(/|$)"
