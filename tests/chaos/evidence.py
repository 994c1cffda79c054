"""What was gathered from outside after the healing: ledger, stores, topics, receivers, figures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An aggregate in its own database. `done`: what its history tells, in order; `pending`: numbers of
    events that are not on Kafka; `mark`: the time of the incident that a report names; `tip`: of a case, the
    tip that was referred; `outcome`: how its talks ended."""

    topic: str
    sequence: int
    done: tuple[str, ...] = ()
    pending: tuple[int, ...] = ()
    mark: str | None = None
    tip: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it stands on a topic."""

    subject: str
    sequence: int
    type: str

    @property
    def id(self) -> str:
        return f"{self.subject}:{self.sequence}"


@dataclass(frozen=True, slots=True)
class Post:
    """One post to a webhook's receiver: `message` is its `webhook-id`."""

    message: str
    event: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """`accepted`, `noted`: lines of the ledger; `asked`: how often each kind was begun. `published`: topic to
    its records, in order per partition. `journal`: per service the events in its journals; `gaps`: journal
    numbers that are missing. `logged`: numbers per subject in the order of notifications' log; `counted`:
    the same of the facts of analytics; `public`: ids in the public feed. `posted`: receiver to its posts;
    `wants`: the types that it asked for (not named, or empty: all). `figures`: what analytics answers."""

    accepted: Sequence[Line] = ()
    noted: Sequence[Line] = ()
    asked: Mapping[str, int] = field(default_factory=dict)
    stored: Mapping[str, Stored] = field(default_factory=dict)
    published: Mapping[str, Sequence[Told]] = field(default_factory=dict)
    journal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    gaps: Sequence[str] = ()
    logged: Mapping[str, Sequence[int]] = field(default_factory=dict)
    counted: Mapping[str, Sequence[int]] = field(default_factory=dict)
    public: frozenset[str] = frozenset()
    posted: Mapping[str, Sequence[Post]] = field(default_factory=dict)
    wants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def only(self, subjects: Collection[str]) -> "Evidence":
        """The same with no other events on the topics than those of these aggregates."""
        published = {
            topic: [one for one in told if one.subject in subjects] for topic, told in self.published.items()
        }
        return replace(self, published=published)

    def without(self, subjects: Collection[str]) -> "Evidence":
        """The same where nobody, no topic and no reader, tells of these aggregates."""
        told = {one.subject for told in self.published.values() for one in told}
        return replace(
            self.only(told - set(subjects)),
            logged={id: numbers for id, numbers in self.logged.items() if id not in subjects},
            counted={id: numbers for id, numbers in self.counted.items() if id not in subjects},
        )
