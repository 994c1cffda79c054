"""Kafka in: every event of a tip becomes one fact, its bucket marked before the offset is committed."""

from collections.abc import Callable

from services.analytics.store.buckets import MongoBuckets
from services.analytics.store.facts import row, touched
from shared.clock import Clock
from shared.consume import Consumer, Facts
from shared.contracts.tips import EVENTS
from shared.mongo import Database, Document

TOPICS = ("tips.tip.v1",)


def facts(database: Database, buckets: MongoBuckets, wake: Callable[[], None]) -> Facts:
    """The effect of each event of `tips.tip.v1`. Types that are not counted are kept too: a missing one shows
    as a gap.
    """

    async def mark(rows: list[Document]) -> None:
        await buckets.mark(touched(rows))
        wake()

    return Facts(database["facts"], rows=lambda event: [row(event)], after=mark)


def consumer(
    database: Database, buckets: MongoBuckets, wake: Callable[[], None], *, bootstrap: str, clock: Clock
) -> Consumer:
    effect = facts(database, buckets, wake)
    return Consumer(
        service="analytics",
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects={model.TYPE: [effect] for model in EVENTS},
        clock=clock,
    )
