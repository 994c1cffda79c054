"""What the use cases of alerts work with, handed in by the composition root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.notifications.domain.alerts import Alert, Mark
from shared.auth import Principal
from shared.clock import Clock, to_milliseconds
from shared.identifiers import Origin, fingerprint, keyed, seed_of
from shared.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Query:
    """A list of alerts, newest first. `drafts_in` are the area prefixes in which unissued ones are shown too;
    None is everywhere, () nowhere. `area`: alerts that concern it. `current`: those that stand at `now`, or
    those that do not. `after` is (drafted_at, id) of the last one of the page before.
    """

    now: datetime
    limit: int
    drafts_in: tuple[str, ...] | None = ()
    area: str | None = None
    current: bool | None = None
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    id: str
    version: int
    alert: Alert


class Lookup(Protocol):
    """Reading beside the write door. Raises Unavailable when the database is away."""

    async def find(self, query: Query) -> Sequence[Listed]: ...

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, Alert]:
        """The alerts that are there, by id."""
        ...


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """What the use cases of alerts work with. From `secret` ids and marks are derived."""

    outbox: Outbox[Alert]
    lookup: Lookup
    secret: bytes
    clock: Clock

    def now(self) -> datetime:
        return to_milliseconds(self.clock.now())

    def mark(self, call: str, caller: Principal, key: str | None, body: Mapping[str, Any]) -> Mark:
        """What tells `call` (`update alert_…`) from others; random without a key, so that two like ones stay
        two.
        """
        seed = seed_of(Origin(caller.name, key=key))
        return Mark(keyed(self.secret, call, seed).hex(), fingerprint(self.secret, body))
