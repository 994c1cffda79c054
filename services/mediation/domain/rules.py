"""The rules a case runs on, as plain values: nothing here knows where they were read.

`services.mediation.rulebook` builds them from `shared.rules`; tests build them by hand.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from shared.contracts.vocabulary import Category

LAST_SECOND = timedelta(seconds=1)
"""A deadline of 23:59:59 is kept through that second, so it has passed one second later."""


class Due(Protocol):
    """When an interval ends, UTC."""

    @property
    def at(self) -> datetime: ...


class Calendar(Protocol):
    """Arithmetic of a profile's calendar. Durations are ISO 8601; datetimes are aware, results in UTC."""

    def due(self, start: datetime, within: str, *, working_days: bool = False) -> Due: ...

    def day_of(self, moment: datetime) -> date:
        """The local calendar day of a moment."""
        ...


@dataclass(frozen=True, slots=True)
class MediationRules:
    """One effective-dated profile: how a team is made up, and how long what may take.

    A party who was tried `max_attempts` times and does not answer `answer_within` the last one counts as
    unreachable. `election_share` is the share of votes that a mediator must exceed.
    """

    profile: str
    calendar: Calendar
    min_members: int
    min_women: int
    minority_when_flagged: bool
    election_share: float
    start_within: str
    max_attempts: int
    answer_within: str
    follow_up_after: tuple[str, ...]
    never_mediable: frozenset[Category]
    content_kept: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may hold. Sizes in characters of the plain text."""

    parties: int = 20
    sessions: int = 50
    terms: int = 50
    attempts: int = 20
    mediators: int = 100
    interests: int = 200
    text: int = 4000


LIMITS = Limits()


class Rulebook(Protocol):
    """Every profile that is loaded."""

    def on(self, moment: datetime) -> MediationRules:
        """The profile in force on the local day of `moment`; `Invalid(code="no_rule_profile")` when none
        is."""
        ...

    def of(self, profile: str) -> MediationRules:
        """The profile of that id; raises `Invalid(code="no_rule_profile")` when it is not loaded."""
        ...
