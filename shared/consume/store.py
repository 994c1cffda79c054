"""What consuming asks of a store. The real one is `mongo_store`; tests have one in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.consume.record import Record
from shared.consume.shapes import Document


@dataclass(frozen=True, slots=True)
class Written:
    """Outcome of one bulk write: how many documents it changed, and which inputs (by index) can never be
    stored.
    """

    changed: int
    impossible: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parked:
    """An event waiting for its turn. `order` sorts the events of one key; `skip` is an operator's word."""

    id: str
    key: str
    order: tuple[int, str, int, int]
    record: Record
    reason: str
    since: datetime
    attempts: int = 0
    skip: bool = False


class EffectStore(Protocol):
    """Bulk writes of the effects. Every method raises Unavailable when the store is away or unsure."""

    async def insert(self, collection: Any, rows: Sequence[Document]) -> Written:
        """Insert all, unordered; an `_id` that is there already is no error and changes nothing."""
        ...

    async def newest(self, collection: Any, documents: Sequence[Document]) -> Written:
        """Upsert each by `_id` where its `sequence` is above the stored one."""
        ...


class ParkStore(Protocol):
    """Parked events of one group, in the service's own database. Raises Unavailable."""

    async def parked_among(self, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that have something parked."""
        ...

    async def park(self, event: Parked) -> None:
        """Add; parking the same event again changes nothing."""
        ...

    async def claim(self, now: datetime, seconds: float) -> Parked | None:
        """The head of some key that is due, held for `seconds` against other replicas; None when nothing is
        due.
        """
        ...

    async def head(self, key: str, now: datetime, seconds: float) -> Parked | None:
        """The head of `key`, claimed likewise; None when the key is free or another replica holds it."""
        ...

    async def defer(self, event: Parked, reason: str, until: datetime) -> None:
        """Count an attempt that failed; the key is tried again at `until`."""
        ...

    async def remove(self, event: Parked) -> None:
        """It has been applied or given up: what waits behind it is due."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """`{"keys": …, "events": …}`."""
        ...
