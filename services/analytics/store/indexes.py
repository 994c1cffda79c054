"""Makes every index of analytics and seeds its areas; doing it again changes nothing."""

from services.analytics.store import areas, buckets, facts, statistics
from shared.mongo import Database
from shared.places import known_areas


async def prepare(database: Database) -> None:
    await database["facts"].create_indexes(facts.FACT_INDEXES)
    await database["marks"].create_indexes(facts.MARK_INDEXES)
    await database["buckets"].create_indexes(buckets.BUCKET_INDEXES)
    await database["reporting"].create_indexes(buckets.REPORTING_INDEXES)
    await database["areas"].create_indexes(areas.INDEXES)
    await database[statistics.COLLECTION].create_indexes(statistics.INDEXES)
    await areas.MongoAreas(database).seed(known_areas())
