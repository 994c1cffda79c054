"""A page of an area's newest tips reads that page in the database, however many tips there are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.tips.config import TipsSettings
from services.tips.main import prepare
from services.tips.tip.store import COLLECTION, _conditions
from services.tips.tip.usecases.bench import Query
from tests.component.tips.conftest import AREA, Desk

NOW = datetime(2026, 9, 14, tzinfo=UTC)
WARD = "99/99001"
LIMIT = 21


async def test_a_first_and_a_later_page_read_as_many_keys_as_they_have_tips(desk: Desk) -> None:
    pattern = await desk.document((await desk.received())["id"])
    rows = [
        {
            **pattern,
            "_id": f"tip_{number}",
            "area": area,
            "within": ["99", area[:8], area],
            "received_at": NOW - timedelta(seconds=number),
        }
        for number, area in enumerate([AREA, "99/99001/tdp-5", "99/99002/tdp-1", "99/99003/tdp-1"] * 250)
    ]
    async with desk.database() as database:
        await database[COLLECTION].delete_many({})
        await database[COLLECTION].insert_many(rows)
        looked = [
            await _looked(database, after) for after in (None, (NOW - timedelta(seconds=800), "tip_800"))
        ]
    for read in looked:
        assert read["nReturned"] == LIMIT
        assert read["totalKeysExamined"] <= LIMIT + 2
        assert read["totalDocsExamined"] <= LIMIT + 1


async def _looked(database: Any, after: tuple[datetime, str] | None) -> Any:
    query = Query(NOW, LIMIT, (WARD,), restricted_too=False, after=after)
    cursor = database[COLLECTION].find({"$and": _conditions(query)}).sort([("received_at", -1), ("_id", -1)])
    return (await cursor.limit(LIMIT).explain())["executionStats"]


async def test_tips_stored_before_areas_were_spelt_out_are_found_once_indexes_are_prepared(
    desk: Desk, settings: TipsSettings
) -> None:
    made = (await desk.received())["id"]
    async with desk.database() as database:
        await database[COLLECTION].update_many({}, {"$unset": {"within": ""}})
    await prepare(settings)
    tip = await desk.document(made)
    assert tip["within"] == ["99", "99/99001", "99/99001/tdp-4"]
