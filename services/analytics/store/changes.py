"""Hears from the database which buckets and statistics changed, whichever replica wrote them."""

from collections.abc import Mapping
from typing import Any

from services.analytics.domain.facts import Key
from services.analytics.store.statistics import COLLECTION
from services.analytics.usecases.live import Change, Changes
from shared.mongo import Database, guard

_AWAIT_MS = 1000


async def watch(database: Database, changes: Changes) -> None:
    """Runs until cancelled or the stream breaks; whoever starts it again makes every listener look again."""
    stages = [
        {
            "$match": {
                "ns.coll": {"$in": ["buckets", COLLECTION]},
                "operationType": {"$in": ["insert", "update"]},
            }
        }
    ]
    with guard():
        # Only an insert is read whole, and comes so: looking up each updated bucket would double its cost.
        async with database.watch(stages, max_await_time_ms=_AWAIT_MS) as stream:
            changes.resync()
            async for event in stream:
                if (change := _change(event)) is not None:
                    changes.publish(change)


def _change(event: Mapping[str, Any]) -> Change | None:
    inserted = event["operationType"] == "insert"
    if event["ns"]["coll"] == COLLECTION:
        return Change(event["fullDocument"]["area"], what="statistics") if inserted else None
    description = event.get("updateDescription") or {}
    fields = [
        *description.get("updatedFields", ()),
        *(one["field"] for one in description.get("truncatedArrays", ())),
    ]
    if not inserted and not any(field.split(".")[0] == "counts" for field in fields):
        return None  # recomputed to the same counts
    key = Key.parse(event["documentKey"]["_id"])
    return Change(key.area, key.restricted)
