"""Kafka in: every event of a tip becomes one fact, its bucket marked before the offset is committed."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Protocol

from services.analytics.domain.facts import Fact, counting_day
from shared.clock import Clock
from shared.consume import Consumer, Facts
from shared.contracts.tips import EVENTS
from shared.events import Event
from shared.mongo import Database, Document

TOPICS = ("tips.tip.v1",)


class FactStore(Protocol):
    """Where facts are kept, and where the buckets they touch are marked."""

    @property
    def collection(self) -> Any: ...

    def row(self, fact: Fact) -> Document: ...

    async def mark(self, rows: Collection[Document]) -> None: ...


def facts(store: FactStore, wake: Callable[[], None]) -> Facts:
    """The effect of each event of `tips.tip.v1`. Types that are not counted are kept too: a missing one shows
    as a gap.
    """

    async def mark(rows: list[Document]) -> None:
        await store.mark(rows)
        wake()

    return Facts(store.collection, rows=lambda event, record: [store.row(fact_of(event))], after=mark)


def fact_of(event: Event) -> Fact:
    """Only what counting needs: no reference, no reason, no deadline's moment."""
    data = event.data
    received = datetime.fromisoformat(data["received_at"])
    return Fact(
        id=event.id,
        type=event.type,
        subject=event.subject,
        sequence=event.sequence or 0,
        day=counting_day(event.type, event.time, received),
        area=data["area"],
        category=data["category"],
        restricted=data.get("restricted") is not None,
        clock=data.get("clock"),
        value=data.get("rating"),
    )


def consumer(
    database: Database, store: FactStore, wake: Callable[[], None], *, bootstrap: str, clock: Clock
) -> Consumer:
    effect = facts(store, wake)
    return Consumer(
        service="analytics",
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects={model.TYPE: [effect] for model in EVENTS},
        clock=clock,
    )
