"""What every use case works with, handed in by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.mediation.domain.rules import MediationRules, Rulebook
from services.mediation.domain.state import Case
from services.mediation.domain.team import Team
from shared.clock import Clock, to_milliseconds
from shared.contracts.case_vocabulary import CaseState
from shared.outbox import Outbox
from shared.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Query:
    """A list of cases, newest first. `within` are area prefixes of which one must cover the case; None is
    everywhere. `mediator`: only those assigned to this subject.

    `after` is (requested_at, id) of the last case of the page before.
    """

    limit: int
    within: tuple[str, ...] | None
    mediator: str | None = None
    area: str | None = None
    states: tuple[CaseState, ...] = ()
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    id: str
    version: int
    case: Case


@dataclass(frozen=True, slots=True)
class ListedTeam:
    id: str
    version: int
    team: Team


class Lookup(Protocol):
    """Reading beside the write door. Every method raises Unavailable when the database is away."""

    async def by_join_hash(self, join_hash: str) -> Sequence[str]:
        """Ids of the cases that wait for this join code, at most two: more than one is nobody's."""
        ...

    async def by_party(self, code_mark: str) -> Sequence[str]:
        """Ids of the cases with a party of this code, at most two."""
        ...

    async def cases(self, query: Query) -> Sequence[Listed]: ...

    async def teams(
        self, within: tuple[str, ...] | None, after: str | None, limit: int
    ) -> Sequence[ListedTeam]:
        """By id, from behind the id `after`."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """`secret` derives ids and codes: 32 bytes or more that never change."""

    cases: Outbox[Case]
    teams: Outbox[Team]
    lookup: Lookup
    sealer: Sealer
    secret: bytes
    rules: Rulebook
    clock: Clock

    def now(self) -> datetime:
        """The present moment in whole milliseconds, as the database keeps them."""
        return to_milliseconds(self.clock.now())

    def rules_of(self, case: Case) -> MediationRules:
        return self.rules.of(case.profile)

    def seal(self, id: str, key: str, field: str, text: str | None) -> str | None:
        """`text` sealed under the aggregate's key. An erased one has none: the decision that follows
        refuses."""
        return None if text is None or not key else self.sealer.seal(key, id, field, text)

    def open(self, id: str, key: str, field: str, sealed: str | None) -> str | None:
        """What was sealed, None where there is nothing or nothing is left."""
        return None if sealed is None or not key else self.sealer.open(key, id, field, sealed)
