"""What every use case works with, handed in by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.tips.tip.domain.rules import Rulebook
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.identifiers import Secrets
from shared.clock import Clock, to_milliseconds
from shared.contracts.vocabulary import Category, TipState
from shared.outbox import Outbox
from shared.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Query:
    """A list of tips, newest first. `within` are area prefixes of which one must cover the tip; None is
    everywhere.

    `after` is (received_at, id) of the last tip of the page before. `overdue` judges by `now`.
    """

    now: datetime
    limit: int
    within: tuple[str, ...] | None
    restricted_too: bool
    area: str | None = None
    status: TipState | None = None
    category: Category | None = None
    overdue: bool | None = None
    assigned_to: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A tip in a list. Its `state` comes without text and messages."""

    id: str
    version: int
    state: Tip


class Lookup(Protocol):
    """Reading beside the write door. Every method raises Unavailable when the database is away."""

    async def by_receipt(self, receipt_hash: str) -> Sequence[str]:
        """Ids of the tips with this keyed hash, at most two: more than one is nobody's."""
        ...

    async def find(self, query: Query) -> Sequence[Listed]: ...


def vault(tip_id: str) -> str:
    """The name under which the identity of a tip's reporter is sealed, under a key that nothing else has."""
    return f"{tip_id}/identity"


@dataclass(frozen=True, slots=True)
class Bench:
    outbox: Outbox[Tip]
    lookup: Lookup
    sealer: Sealer
    secrets: Secrets
    rules: Rulebook
    clock: Clock

    def seal(self, tip_id: str, tip: Tip, field: str, text: str) -> str:
        """`text` sealed under the tip's key. An erased tip has none: the decision that follows refuses."""
        return "" if tip.status is TipState.ERASED else self.sealer.seal(tip.key, tip_id, field, text)

    def open(self, tip_id: str, tip: Tip, field: str, sealed: str | None) -> str | None:
        """What was sealed, None where there is nothing or nothing is left."""
        if sealed is None or tip.status is TipState.ERASED:
            return None
        return self.sealer.open(tip.key, tip_id, field, sealed)

    def now(self) -> datetime:
        """The present moment in whole milliseconds, as the database keeps them."""
        return to_milliseconds(self.clock.now())
