"""Where each webhook's reader stands, in MongoDB, under leases judged by the database's own clock ($$NOW)."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument, UpdateOne

from services.notifications.usecases.deliveries import Item, Plan, Reading, Replay
from services.notifications.usecases.log import Position
from shared.mongo import Database, Document, guard

_FREE = {"$expr": {"$lte": [{"$ifNull": ["$until", 0]}, "$$NOW"]}}


class MongoReadings:
    """`usecases.deliveries.Readings` on the collection `webhook_readings`."""

    def __init__(self, database: Database) -> None:
        self._readings = database["webhook_readings"]

    async def ensure(self, webhook: str, round: int, begins: Position) -> None:
        begun = {"round": round, "position": _written(begins)}
        async with guard():
            await self._readings.update_one(
                {"_id": webhook}, {"$setOnInsert": {**begun, "count": 0}}, upsert=True
            )
            await self._readings.update_one(
                {"_id": webhook, "round": {"$lt": round}},
                {"$set": begun, "$unset": {"plan": "", "replay": "", "failing_since": ""}},
            )

    async def take(self, webhooks: Collection[str], most: int, seconds: float) -> Sequence[Reading]:
        taken: list[Reading] = []
        async with guard():
            while len(taken) < most:
                document: Mapping[str, Any] | None = await self._readings.find_one_and_update(
                    {"_id": {"$in": sorted(webhooks)}, **_FREE},
                    [{"$set": {"lease": secrets.token_hex(8), "until": _later(seconds)}}],
                    return_document=ReturnDocument.AFTER,
                )
                if document is None:
                    break
                taken.append(_reading(document))
        return taken

    async def renew(self, held: Sequence[Reading], seconds: float) -> Mapping[str, Replay | None]:
        if not held:
            return {}
        async with guard():
            await self._readings.bulk_write(
                [
                    UpdateOne(
                        _ours(one),
                        [
                            {
                                "$set": {
                                    "until": _later(seconds),
                                    "position": {"$literal": _written(one.position)},
                                }
                            }
                        ],
                    )
                    for one in held
                ],
                ordered=False,
            )
            found = await self._readings.find({"$or": [_ours(one) for one in held]}, {"replay": 1}).to_list(
                None
            )
        return {one["_id"]: _replay(one.get("replay")) for one in found}

    async def release(self, held: Sequence[Reading]) -> None:
        if not held:
            return
        async with guard():
            await self._readings.bulk_write(
                [
                    UpdateOne(
                        _ours(one),
                        {"$set": {"position": _written(one.position)}, "$unset": {"lease": "", "until": ""}},
                    )
                    for one in held
                ],
                ordered=False,
            )

    async def cut_off(self, webhook: str) -> None:
        async with guard():
            await self._readings.update_one({"_id": webhook}, {"$unset": {"lease": "", "until": ""}})

    async def write_plan(self, reading: Reading, plan: Plan) -> bool:
        written = {
            "items": [[one.message, one.event, one.type, one.number] for one in plan.items],
            "position": _written(plan.position),
            "count": plan.count,
            "replay": plan.replay,
            "done": plan.done,
        }
        async with guard():
            done = await self._readings.update_one(_ours(reading), {"$set": {"plan": written}})
        return done.matched_count == 1

    async def finish_plan(self, reading: Reading, plan: Plan) -> bool:
        sets: Document = {"count": plan.count}
        update: Document = {"$set": sets, "$unset": {"plan": ""}}
        ours = _ours(reading)
        if plan.replay is None:
            sets["position"] = _written(plan.position)
        else:
            sets |= {"replay.position": _written(plan.position), "replay.done": plan.done}
            update["$inc"] = {"replay.count": len(plan.items)}
        async with guard():
            # `plan` in the condition: an answer that was lost must not count a replay's items twice.
            done = await self._readings.update_one({**ours, "plan": {"$exists": True}}, update)
        return done.matched_count == 1

    async def ask_replay(self, webhook: str, replay: Replay) -> Replay:
        """Begin it, unless one is running; returns the one that is there then."""
        asked = {
            "id": replay.id,
            "requested_at": replay.requested_at,
            "position": _written(replay.position),
            "upto": _written(replay.upto),
            "since": replay.since,
            "before": replay.before,
            "count": 0,
            "done": False,
            "print": replay.print,
        }
        async with guard():
            await self._readings.update_one(
                {"_id": webhook, "replay.id": {"$ne": replay.id}, "replay.done": {"$ne": False}},
                {"$set": {"replay": asked}},
            )
            found = await self._readings.find_one({"_id": webhook}, {"replay": 1})
        return _replay((found or {}).get("replay")) or replay

    async def standing(self, webhooks: Collection[str]) -> Mapping[str, tuple[int, Replay | None]]:
        """How many deliveries were made for each, and its last replay."""
        async with guard():
            found = await self._readings.find(
                {"_id": {"$in": list(webhooks)}}, {"count": 1, "replay": 1}
            ).to_list(None)
        return {one["_id"]: (one["count"], _replay(one.get("replay"))) for one in found}

    async def failing(self, webhook: str, now: datetime) -> datetime:
        """Since when deliveries to it fail; from now on if they did not before."""
        async with guard():
            found = await self._readings.find_one_and_update(
                {"_id": webhook},
                [{"$set": {"failing_since": {"$ifNull": ["$failing_since", now]}}}],
                {"failing_since": 1},
                return_document=ReturnDocument.AFTER,
            )
        since: datetime = found["failing_since"] if found else now
        return since

    async def well(self, webhook: str) -> None:
        async with guard():
            await self._readings.update_one(
                {"_id": webhook, "failing_since": {"$exists": True}}, {"$unset": {"failing_since": ""}}
            )


def _ours(reading: Reading) -> Document:
    return {"_id": reading.webhook, "lease": reading.lease, "round": reading.round}


def _later(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(seconds * 1000)]}


def _written(position: Position) -> dict[str, int]:
    return {str(log): n for log, n in position.items()}


def _read(written: Mapping[str, int]) -> dict[int, int]:
    return {int(log): n for log, n in written.items()}


def _reading(document: Mapping[str, Any]) -> Reading:
    plan = document.get("plan")
    return Reading(
        webhook=document["_id"],
        lease=document["lease"],
        round=document["round"],
        position=_read(document["position"]),
        count=document["count"],
        plan=None
        if plan is None
        else Plan(
            items=[Item(*one) for one in plan["items"]],
            position=_read(plan["position"]),
            count=plan["count"],
            replay=plan["replay"],
            done=plan["done"],
        ),
        replay=_replay(document.get("replay")),
    )


def _replay(written: Mapping[str, Any] | None) -> Replay | None:
    if written is None:
        return None
    positions = {"position": _read(written["position"]), "upto": _read(written["upto"])}
    return Replay(**{**written, **positions})
