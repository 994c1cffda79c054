"""Public events, kept for good: the log forgets after 45 days, and a published figure goes on standing."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notifications.usecases.feed import Published, Query
from services.notifications.usecases.public import ALERTS, areas_of, is_public
from shared.events import Event
from shared.mongo import Database, Document, guard


class PublicItems:
    """`usecases.feed.Items` on the collection `public_items`: one row per event under its id."""

    def __init__(self, database: Database) -> None:
        self.entries = database["public_items"]

    async def prepare(self) -> None:
        """Create the indexes. Repeating it changes nothing."""
        newest = [("time", DESCENDING), ("_id", DESCENDING)]
        with guard():
            await self.entries.create_indexes(
                [
                    IndexModel(newest, name="newest"),
                    IndexModel([("areas", ASCENDING), *newest], name="areas"),
                ]
            )

    def rows(self, event: Event, now: datetime) -> list[Document]:
        """What is kept of an event: all of it when it is public, nothing otherwise."""
        if not is_public(event):
            return []
        kept = {
            "at": now,
            "areas": list(areas_of(event)),
            "type": event.type,
            "source": event.source,
            "subject": event.subject,
            "time": event.time,
            "sequence": event.sequence,
            "data": dict(event.data),
        }
        return [kept]

    async def find(self, query: Query) -> Sequence[Published]:
        wanted = self.entries.find({"$and": _conditions(query)})
        async with guard():
            found = await wanted.sort([("time", -1), ("_id", -1)]).limit(query.limit).to_list(query.limit)
        return [_published(document) for document in found]


def _conditions(query: Query) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"type": {"$in": sorted(query.types)}}]
    if query.area is not None:
        above = ["/".join(query.area.split("/")[:depth]) for depth in range(1, query.area.count("/") + 1)]
        within = {"areas": {"$regex": f"^{re.escape(query.area)}(/|$)"}}
        found.append({"$or": [within, {"type": {"$in": sorted(ALERTS)}, "areas": {"$in": above}}]})
    if query.after is not None:
        at, last = query.after
        found.append({"$or": [{"time": {"$lt": at}}, {"time": at, "_id": {"$lt": last}}]})
    return found


def _published(document: Document) -> Published:
    event = Event(
        id=document["_id"],
        type=document["type"],
        source=document["source"],
        subject=document["subject"],
        time=document["time"].astimezone(UTC),
        sequence=document["sequence"],
        data=document["data"],
    )
    return Published(event, document["at"].astimezone(UTC))
