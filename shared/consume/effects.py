"""Facts and projections: one bulk write per effect and batch. They never wait: order does not matter to
them.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from shared.clock import Clock
from shared.consume.reading import Effects
from shared.consume.record import Record, Rejected
from shared.consume.shapes import Document, Facts, Projection
from shared.consume.store import EffectStore, Written
from shared.consume.trouble import where
from shared.errors import Poison
from shared.events import Event
from shared.metrics import CONSUMER_EVENTS

log = logging.getLogger(__name__)
Item = tuple[Record, Event]


class BulkEffects:
    """Writes the facts and projections of one consumer group."""

    def __init__(self, *, group: str, effects: Effects, store: EffectStore, clock: Clock) -> None:
        self._group = group
        self._store = store
        self._clock = clock
        self._types: dict[int, tuple[Facts | Projection, set[str]]] = {}
        for kind, effects_of_kind in effects.items():
            for effect in effects_of_kind:
                if isinstance(effect, Facts | Projection):
                    self._types.setdefault(id(effect), (effect, set()))[1].add(kind)

    async def apply(self, items: Sequence[Item]) -> list[Rejected]:
        """Write a batch. Returns the records no write can hold. Raises Unavailable when the batch must come
        again.
        """
        given_up: list[Rejected] = []
        for effect, kinds in self._types.values():
            mine = [(record, event) for record, event in items if event.type in kinds]
            if mine and isinstance(effect, Facts):
                given_up += await self._add(effect, mine)
            elif mine and isinstance(effect, Projection):
                given_up += await self._copy(effect, mine)
        return given_up

    async def _add(self, facts: Facts, items: Sequence[Item]) -> list[Rejected]:
        rows: list[Document] = []
        owners: list[Record] = []
        given_up: list[Rejected] = []
        for record, event in items:
            made = self._made(record, event, partial(facts.rows, event, record), given_up)
            for number, row in enumerate(made or ()):
                rows.append({"_id": event.id if number == 0 else f"{event.id}#{number}", **row})
                owners.append(record)
        if not rows:
            return given_up
        written = await self._store.insert(facts.collection, rows)
        self._count(written, len(rows))
        lost = set(written.impossible)
        if facts.after is not None:
            await facts.after([row for index, row in enumerate(rows) if index not in lost])
        return given_up + self._unstorable(lost, owners)

    async def _copy(self, projection: Projection, items: Sequence[Item]) -> list[Rejected]:
        given_up: list[Rejected] = []
        newest: dict[Any, tuple[Document, Record]] = {}
        for record, event in items:
            if event.sequence is None:
                given_up.append(Rejected(record, "bad_headers", self._clock.now()))
                continue
            before = len(given_up)
            made = self._made(record, event, partial(projection.document, event), given_up)
            if len(given_up) > before:
                continue
            document = {
                "_id": event.subject,
                **({"erased": True} if made is None else made),
                "sequence": event.sequence,
            }
            known = newest.get(document["_id"])
            if known is None or known[0]["sequence"] < event.sequence:
                newest[document["_id"]] = (document, record)
        if not newest:
            return given_up
        written = await self._store.newest(
            projection.collection, [document for document, _ in newest.values()]
        )
        self._count(written, len(newest))
        return given_up + self._unstorable(set(written.impossible), [record for _, record in newest.values()])

    def _made(self, record: Record, event: Event, make: Callable[[], Any], given_up: list[Rejected]) -> Any:
        """What the service's function makes of an event. A fault of it costs this record, not the batch."""
        try:
            return make()
        except Poison as reason:
            given_up.append(Rejected(record, reason.code, self._clock.now()))
        except Exception as error:  # noqa: BLE001 - a fault of one record must not cost the batch
            log.error("an effect fails", extra={"event_type": event.type, "fault": where(error)})
            given_up.append(Rejected(record, "effect_failed", self._clock.now()))
        return None

    def _unstorable(self, indexes: set[int], owners: Sequence[Record]) -> list[Rejected]:
        places = {owners[index].place: owners[index] for index in sorted(indexes)}
        return [Rejected(record, "cannot_store", self._clock.now()) for record in places.values()]

    def _count(self, written: Written, given: int) -> None:
        CONSUMER_EVENTS.labels(self._group, "applied").inc(written.changed)
        CONSUMER_EVENTS.labels(self._group, "repeat").inc(given - written.changed - len(written.impossible))
