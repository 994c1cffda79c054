"""Kafka in: every event becomes one entry of the log, a public one an item of the feed, too. Readers hear of
it once it is stored.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from services.notifications.usecases.log import Log, Position
from services.notifications.usecases.public import PUBLIC_TYPES
from shared.clock import Clock
from shared.consume import Consumer, Facts, Record
from shared.contracts import EVENT_MODELS
from shared.events import Event
from shared.mongo import Database, Document

SERVICE: Final = "notifications"
TOPICS: Final = ("tips.tip.v1", "mediation.case.v1", "notifications.notice.v1", "analytics.signal.v1")
TYPES: Final = frozenset(model.TYPE for model in EVENT_MODELS if model.TOPIC in TOPICS)


class Entries(Protocol):
    """Where the log is kept."""

    @property
    def entries(self) -> Any: ...

    def row(self, event: Event, record: Record, now: datetime) -> Document: ...

    async def raise_heads(self, rows: Sequence[Mapping[str, Any]], now: datetime) -> Position: ...


def logging(store: Entries, log: Log, clock: Clock) -> Facts:
    """The effect of every event: an entry, and its log's head raised before the offset is committed."""

    async def raise_heads(rows: list[Document]) -> None:
        log.raised(await store.raise_heads(rows, clock.now()))

    return Facts(
        store.entries,
        rows=lambda event, record: [store.row(event, record, clock.now())],
        after=raise_heads,
    )


class PublicEntries(Protocol):
    """Where public events are kept."""

    @property
    def entries(self) -> Any: ...

    def rows(self, event: Event, now: datetime) -> list[Document]: ...


def publishing(items: PublicEntries, clock: Clock) -> Facts:
    """The effect of a public event: an item of the public feed."""
    return Facts(items.entries, rows=lambda event, record: items.rows(event, clock.now()))


def consumer(
    database: Database,
    store: Entries,
    items: PublicEntries,
    log: Log,
    *,
    bootstrap: str,
    clock: Clock,
) -> Consumer:
    """The feed's items are stored first: what a stream tells is in the feed already."""
    effects: dict[str, list[Facts]] = {kind: [] for kind in sorted(TYPES)}
    published, logged = publishing(items, clock), logging(store, log, clock)
    for kind in PUBLIC_TYPES:
        effects[kind].append(published)
    for each in effects.values():
        each.append(logged)
    return Consumer(
        service=SERVICE,
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects=effects,
        clock=clock,
    )
