"""The rules a tip runs on, as plain values: nothing here knows where they were read.

`services.tips.tip.rulebook` builds them from `shared.rules`; tests build them by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from shared.contracts.vocabulary import Category, TipOutcome


class Due(Protocol):
    """When an interval ends, UTC. `unrolled` is the end before it moved off a non-working day, else equal
    to `at`.

    `provisional`: the calendar of that day is not published yet, so `at` may move.
    """

    @property
    def at(self) -> datetime: ...

    @property
    def unrolled(self) -> datetime: ...

    @property
    def provisional(self) -> bool: ...


class Calendar(Protocol):
    """Arithmetic of a profile's calendar. Durations are ISO 8601; datetimes are aware, results in UTC."""

    def due(self, start: datetime, within: str, *, working_days: bool = False) -> Due: ...

    def end_of(self, day: date) -> Due:
        """The end of a named day, rolled when it is not a working day."""
        ...

    def day_of(self, moment: datetime) -> date:
        """The local calendar day of a moment."""
        ...

    def local(self, moment: datetime) -> datetime:
        """The same moment as people there read it."""
        ...


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """`basis` "total": at most `maximum` from the clock's start; "further": `maximum` beyond the due time
    before it."""

    ground: str
    basis: Literal["total", "further"]
    maximum: str
    times: int | None = None


@dataclass(frozen=True, slots=True)
class ClockRule:
    name: str
    owner: str
    starts: Literal["received", "outcome", "reply"]
    within: str
    working_days: bool = False
    remote_area: str | None = None
    extensions: tuple[ExtensionRule, ...] = ()


@dataclass(frozen=True, slots=True)
class TipRules:
    """One effective-dated profile. `retention` holds, by outcome, how long a closed tip's content is kept;
    `erase_within` how soon a reporter who asks for erasure is answered.

    A clock warns when `warn_at_share` (between 0 and 1) of its interval has passed. Tips of a category in
    `never_mediable` are not referred to mediation. A request to open an identity waits
    `identity_approve_within` for its second officer and is then open for `identity_open_for`."""

    profile: str
    calendar: Calendar
    clocks: Mapping[str, ClockRule]
    retention: Mapping[TipOutcome, str]
    identity_after_close: str
    erase_within: str
    never_mediable: frozenset[Category]
    warn_at_share: float = 0.75
    identity_approve_within: str = "PT72H"
    identity_open_for: str = "PT24H"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one tip may hold. Sizes in characters of the plain text, of files in bytes."""

    text: int = 10_000
    message: int = 2000
    reason: int = 1000
    reply: int = 4000
    messages_by_reporter: int = 50
    messages_by_officer: int = 50
    identity_requests: int = 30
    looks_a_request: int = 20
    file_bytes: int = 100 * 1024 * 1024
    files_by_reporter: int = 10
    files_by_officer: int = 30


LIMITS = Limits()

CLOCK_SKEW = timedelta(minutes=5)
"""How far the reporter's device may be ahead of ours."""


class Rulebook(Protocol):
    """Every profile that is loaded."""

    def on(self, moment: datetime) -> TipRules:
        """The profile in force on the local day of `moment`; `Invalid(code="no_rule_profile")` when none
        is."""
        ...

    def of(self, profile: str) -> TipRules:
        """The profile of that id; raises `Invalid(code="no_rule_profile")` when it is not loaded."""
        ...
