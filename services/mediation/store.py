"""MongoDB for mediation: the reads beside the write doors (which are the outboxes')."""

import re
from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.mediation.domain.state import Case
from services.mediation.domain.team import Team
from services.mediation.usecases.bench import Listed, ListedTeam, Query
from shared.mongo import Collection, Database, guard
from shared.outbox import StateCodec

CASES, TEAMS = "cases", "teams"


class MongoLookup:
    """Implements `usecases.bench.Lookup`. Uniqueness rests on `_id` alone."""

    def __init__(self, database: Database) -> None:
        self._cases: Collection = database[CASES]
        self._teams: Collection = database[TEAMS]
        self._case_codec, self._team_codec = StateCodec(Case), StateCodec(Team)

    async def prepare(self) -> None:
        """Create the indexes of these reads. Repeating it changes nothing."""
        await self._cases.create_indexes(
            [
                IndexModel([("requested_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
                IndexModel([("area", ASCENDING), ("requested_at", DESCENDING)], name="area"),
                IndexModel([("mediator_subject", ASCENDING), ("requested_at", DESCENDING)], name="mediator"),
                IndexModel([("parties.code_mark", ASCENDING)], name="party"),
                IndexModel([("join_hash", ASCENDING)], name="join"),
            ]
        )
        await self._teams.create_index([("area", ASCENDING), ("_id", ASCENDING)], name="area")

    async def by_join_hash(self, join_hash: str) -> Sequence[str]:
        return await self._ids({"join_hash": {"$eq": join_hash}})

    async def by_party(self, code_mark: str) -> Sequence[str]:
        return await self._ids({"parties.code_mark": {"$eq": code_mark}})

    async def cases(self, query: Query) -> Sequence[Listed]:
        wanted = self._cases.find({"$and": _conditions(query)}, {"timeline": 0, "pending": 0})
        async with guard():
            found = (
                await wanted.sort([("requested_at", -1), ("_id", -1)]).limit(query.limit).to_list(query.limit)
            )
        return [Listed(one["_id"], one["version"], self._case_codec.from_fields(one)) for one in found]

    async def teams(
        self, within: tuple[str, ...] | None, after: str | None, limit: int
    ) -> Sequence[ListedTeam]:
        conditions: list[dict[str, Any]] = [{}] if within is None else [_within(within)]
        if after is not None:
            conditions.append({"_id": {"$gt": after}})
        wanted = self._teams.find({"$and": conditions}, {"timeline": 0, "pending": 0})
        async with guard():
            found = await wanted.sort("_id", ASCENDING).limit(limit).to_list(limit)
        return [ListedTeam(one["_id"], one["version"], self._team_codec.from_fields(one)) for one in found]

    async def _ids(self, condition: dict[str, Any]) -> Sequence[str]:
        async with guard():
            found = await self._cases.find(condition, {"_id": 1}).limit(2).to_list(2)
        return [document["_id"] for document in found]


def _conditions(query: Query) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if query.within is not None:
        found.append(_within(query.within))
    if query.mediator is not None:
        found.append({"mediator_subject": {"$eq": query.mediator}})
    if query.area is not None:
        found.append(_under(query.area))
    if query.states:
        found.append({"status": {"$in": [state.value for state in query.states]}})
    if query.after is not None:
        at, last = query.after
        found.append({"$or": [{"requested_at": {"$lt": at}}, {"requested_at": at, "_id": {"$lt": last}}]})
    return found or [{}]


def _within(areas: tuple[str, ...]) -> dict[str, Any]:
    return {"$or": [_under(area) for area in areas]} if areas else {"_id": None}


def _under(area: str) -> dict[str, Any]:
    """`area` itself and what lies below it, by whole segments."""
    return {"area": {"$regex": f"^{re.escape(area)}(/|$)"}}
