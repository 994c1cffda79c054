"""Kafka in: every event of a tip, case or notice becomes one fact, its buckets marked before the offset is
committed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from services.analytics.domain.counted import Source, counted
from services.analytics.domain.facts import Fact
from services.analytics.domain.periods import day_in_viet_nam
from shared.clock import Clock
from shared.consume import Consumer, Facts
from shared.contracts import mediation, notifications, tips
from shared.contracts.base import EventData
from shared.events import Event
from shared.mongo import Database, Document


@dataclass(frozen=True, slots=True)
class Stream:
    """What is common to the events of one topic: the fields that say when the aggregate began and of which
    kind it is.
    """

    source: Source
    events: tuple[type[EventData], ...]
    began: str | None = None
    kind: str | None = None


STREAMS: Final = (
    Stream("tips", tips.EVENTS, began="received_at", kind="category"),
    Stream("mediation", mediation.EVENTS, began="requested_at", kind="dispute_type"),
    Stream("notices", notifications.EVENTS),
)
_STREAM_OF: Final[Mapping[str, Stream]] = {
    model.TYPE: stream for stream in STREAMS for model in stream.events
}


class FactStore(Protocol):
    """Where facts are kept, and where the buckets they touch are marked."""

    @property
    def collection(self) -> Any: ...

    def row(self, fact: Fact) -> Document: ...

    async def mark(self, rows: Collection[Document]) -> None: ...


def facts(store: FactStore, wake: Callable[[int], None]) -> Facts:
    """The effect of every event. Types that are not counted are kept too: a missing one shows as a gap.

    `wake` hears how many facts have marked their buckets.
    """

    async def mark(rows: list[Document]) -> None:
        await store.mark(rows)
        wake(len(rows))

    return Facts(store.collection, rows=lambda event, record: [store.row(fact_of(event))], after=mark)


def fact_of(event: Event) -> Fact:
    """Only what counting needs: no reference, no reason, and a moment only where one is counted by."""
    data, stream, rule = event.data, _STREAM_OF[event.type], counted(event.type)
    began = event.time if stream.began is None else datetime.fromisoformat(data[stream.began])
    moment = _field(data, rule.moment)
    return Fact(
        id=event.id,
        type=event.type,
        source=stream.source,
        subject=event.subject,
        sequence=event.sequence or 0,
        at=event.time,
        began=day_in_viet_nam(began),
        area=data["area"],
        kind=_field(data, stream.kind) or "",
        restricted=data.get("restricted") is not None,
        apart=_field(data, rule.apart),
        moment=None if moment is None else datetime.fromisoformat(moment).astimezone(UTC),
        points=_field(data, rule.points),
    )


def _field(data: Mapping[str, Any], name: str | None) -> Any:
    return None if name is None else data.get(name)


def consumer(
    database: Database, store: FactStore, wake: Callable[[int], None], *, bootstrap: str, clock: Clock
) -> Consumer:
    effect = facts(store, wake)
    return Consumer(
        service="analytics",
        bootstrap=bootstrap,
        database=database,
        topics=tuple(dict.fromkeys(model.TOPIC for stream in STREAMS for model in stream.events)),
        effects={kind: [effect] for kind in _STREAM_OF},
        clock=clock,
    )
