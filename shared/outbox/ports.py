"""What the outbox needs of a database and of an event log. Real ones: `mongo_store`, `mongo_lanes`,
`journal`, `publisher`; the fakes stand in `tests/support/memory_outbox.py`. One behaviour suite holds both to
the same words.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from shared.events import Event
from shared.outbox.history import HistoryStore

LANES = 16

Document = Mapping[str, Any]


class Inserted(Enum):
    """The outcome of one document of a bulk insert."""

    NEW = "new"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Change:
    """One compare-and-set: it holds only if the document's version is still `version`.

    `sets` and `unsets` name state fields, `pending` and `timeline` are appended, `replace_timeline` takes the
    place of the whole history, `seen` is (escaped subject, sequence). `write` names this attempt: an attempt
    whose answer was lost is recognised by it. `unlogged` is the time of new history that a log is to take up.
    """

    id: str
    version: int
    write: str
    sequence: int
    sets: Mapping[str, Any] = field(default_factory=dict)
    unsets: Collection[str] = ()
    pending: Sequence[Document] = ()
    timeline: Sequence[Document] = ()
    replace_timeline: Sequence[Document] | None = None
    seen: tuple[str, int] | None = None
    unlogged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An aggregate with events that are not yet on Kafka, oldest first: documents {sequence, type, topic,
    ...}."""

    id: str
    lane: int
    pending: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events not yet on Kafka in some lanes (at least so many, when very many aggregates wait), and the time
    of the oldest."""

    events: int
    oldest: datetime | None


class AggregateStore(Protocol):
    """One collection of aggregates. Every method raises Unavailable when the database is away."""

    async def prepare(self) -> None:
        """Makes the indexes."""

    async def insert(self, encoded: Sequence[bytes]) -> Sequence[Inserted]:
        """One unordered bulk insert of BSON documents; Unavailable speaks for all of them."""

    async def load(self, id: str) -> Document | None:
        """What a majority has. A primary that was frozen and deposed may answer with what it had then."""

    async def load_surely(self, id: str) -> Document | None:
        """What is there now: asked of a primary that a majority confirms to be one. Costs a write to them."""

    async def apply(self, change: Change) -> bool:
        """False when the version is another by now. Unavailable: it may or may not have happened."""

    async def pending(
        self, lanes: Collection[int], *, limit: int, events: int, without: Collection[str]
    ) -> Sequence[Waiting]:
        """The aggregates with the oldest pending events: at most `limit`, and no more than hold `events`."""

    async def trim(self, sent: Mapping[str, int]) -> None:
        """Drops pending events up to and including the sequence given per aggregate. Never touches
        `version`."""

    async def due(
        self, lanes: Collection[int], now: datetime, *, limit: int, without: Collection[str]
    ) -> Sequence[str]:
        """Ids of aggregates whose `next_due` has come, earliest first."""

    async def backlog(self, lanes: Collection[int]) -> Backlog: ...


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane held under a lease. `n`: the last journal number known when it was taken; `cluster`: the Kafka
    cluster that has seen this lane's journal, None before the first."""

    number: int
    epoch: int
    n: int
    cluster: str | None


class LaneStore(Protocol):
    """Leases, judged by the database's own clock. `owner` is unique per process."""

    async def prepare(self) -> None: ...

    async def announce(self, owner: str, seconds: float) -> int:
        """Says that this replica lives for `seconds` more; returns how many live replicas there are, this one
        too."""

    async def take(self, owner: str, seconds: float, count: int) -> Sequence[Lane]:
        """Takes up to `count` lanes that nobody holds."""

    async def renew(self, owner: str, held: Mapping[int, int], seconds: float) -> Collection[int]:
        """`held`: lane to last journal number, remembered with it. Returns the lanes that are still the
        owner's."""

    async def release(self, owner: str, held: Mapping[int, int]) -> None: ...

    async def saw_cluster(self, owner: str, lane: int, cluster: str) -> None:
        """Remembers that the whole journal window of the lane is on this cluster."""

    async def depart(self, owner: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A published event in the journal. `lane` and `n` are its place; `topic` where it went."""

    lane: int
    n: int
    at: datetime
    topic: str
    event: Event


class JournalStore(Protocol):
    """The log of what was published, per lane, numbered on without gaps."""

    async def prepare(self) -> None: ...

    async def last(self, lane: int) -> int: ...

    async def ends(self) -> Sequence[int]:
        """The last number of each lane, 0 for an empty one."""

    async def append(self, entries: Sequence[Entry]) -> Collection[int]:
        """Inserts in order within each lane; returns the lanes where a number was taken by another owner."""

    async def window(self, lane: int, after: int, limit: int) -> Sequence[Entry]: ...

    async def read(self, after: Sequence[int], limit: int) -> Sequence[Entry]:
        """Entries after one number per lane, at most `limit` per lane, in order within each lane."""


class Storage(Protocol):
    """The collections of one service."""

    def aggregates(self, name: str) -> AggregateStore: ...

    def history(self, name: str) -> HistoryStore: ...

    @property
    def lanes(self) -> LaneStore: ...

    @property
    def journal(self) -> JournalStore: ...


class Failure(Enum):
    """Why a wave stopped for a document."""

    AGAIN = "again"
    SUSPECT = "suspect"  # refused together with others: send it alone to see
    REFUSED = "refused"  # this very event, for good


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event on its way to a topic."""

    topic: str
    event: Event


@dataclass(frozen=True, slots=True)
class Sent:
    """How many of a document's events Kafka acknowledged, counted from its first, and why it stopped, if it
    did."""

    acknowledged: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. A wave ends `margin` before the shortest lease that it works under."""

    lease: float = 10.0
    renew: float = 1.0
    wave: float = 7.0
    least: float = 2.0  # a wave is given less than `wave` when the lease is short, but never less than this
    margin: float = 1.0
    again: float = 2.0  # how long the documents of a failed send wait
    aside: float = 600.0  # how long until a refused event is tried again
    poll: float = 0.2
    clocks: float = 1.0
    cluster: float = 2.0  # how old the last look at the cluster id may be while nothing is sent


class EventLog(Protocol):
    """Where events go. A wave is a list of documents, each a list of its events in order."""

    async def cluster(self) -> str:
        """The id of the cluster we are connected to, connecting first if need be. Raises Unavailable."""

    async def missing(self, topics: Collection[str]) -> set[str]:
        """Which topics cannot be written to just now. Raises Unavailable."""

    async def produce(self, wave: Sequence[Sequence[Outgoing]], *, seconds: float) -> Sequence[Sent]:
        """Publishes within `seconds`. Never raises for Kafka's sake; after a failure a new producer is
        made."""

    async def abort(self) -> None:
        """Forgets what is on its way, without delivering it later."""


Tick = Callable[[str], Awaitable[object]]
