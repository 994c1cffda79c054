"""What is to be sent to webhooks: one delivery per webhook and event, whatever happens twice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifications.domain.attempts import Answer, Outcome
from services.notifications.domain.webhooks import Webhook
from services.notifications.usecases.log import Position
from shared.events import Event
from shared.identifiers import derived_id
from shared.outbox import Loaded


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery to be made. `number` counts the deliveries of its webhook; None where the delivery is there
    already and is only to be sent again.
    """

    message: str
    event: str
    type: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery claimed for sending. `attempts` were made before; `claim` says that it is ours."""

    message: str
    webhook: str
    event: str
    type: str
    number: int
    attempts: int
    claim: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the attempts log: never an address, a header or a body."""

    webhook: str
    message: str
    event: str
    type: str
    number: int
    attempt: int
    at: datetime
    outcome: Outcome
    answer: Answer
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Replay:
    """Entries after `position` up to `upto` that were stored from `since` on and before `before` are sent
    again. `count` were found so far.
    """

    id: str
    requested_at: datetime
    position: Position
    upto: Position
    since: datetime | None
    before: datetime | None
    count: int = 0
    done: bool = False
    print: str = ""  # a fingerprint of what was asked


@dataclass(frozen=True, slots=True)
class Plan:
    """What the next step makes: these items; then the reader (or its replay) stands at `position`, and
    `count` deliveries have a number. Written down first, so that whoever takes over makes the same.
    """

    items: Sequence[Item]
    position: Position
    count: int
    replay: str | None = None
    done: bool = False


@dataclass(slots=True)
class Reading:
    """Where a webhook's reader stands, under a lease."""

    webhook: str
    lease: str
    round: int
    position: dict[int, int]
    count: int
    plan: Plan | None
    replay: Replay | None


class Registry(Protocol):
    """The webhooks there are. Raises Unavailable."""

    async def enabled(self) -> Mapping[str, int]:
        """Id → version."""
        ...

    async def get(self, id: str) -> Loaded[Webhook]: ...


class Readings(Protocol):
    """Where the readers are kept. Every method raises Unavailable."""

    async def ensure(self, webhook: str, round: int, begins: Position) -> None:
        """Make the reader, or begin it anew in a later round. Repeating it changes nothing."""
        ...

    async def take(self, webhooks: Collection[str], most: int, seconds: float) -> Sequence[Reading]:
        """Up to `most` of these whose lease is free, leased for so long by the database's clock."""
        ...

    async def renew(self, held: Sequence[Reading], seconds: float) -> Mapping[str, Replay | None]:
        """Write down where these stand and keep them. Returns those that are still ours, each with the replay
        that was asked for.
        """
        ...

    async def release(self, held: Sequence[Reading]) -> None: ...

    async def cut_off(self, webhook: str) -> None:
        """Whoever reads for it finds that it is no longer theirs."""
        ...

    async def write_plan(self, reading: Reading, plan: Plan) -> bool:
        """False when the reader is somebody else's by now."""
        ...

    async def finish_plan(self, reading: Reading, plan: Plan) -> bool: ...

    async def ask_replay(self, webhook: str, replay: Replay) -> Replay:
        """Begin it, unless one is running; returns the one that is there then."""
        ...

    async def standing(self, webhooks: Collection[str]) -> Mapping[str, tuple[int, Replay | None]]:
        """How many deliveries were made for each, and its last replay."""
        ...

    async def failing(self, webhook: str, now: datetime) -> datetime:
        """Since when deliveries to it fail; from now on if they did not before."""
        ...

    async def well(self, webhook: str) -> None:
        """Deliveries to it no longer fail."""
        ...


class Deliveries(Protocol):
    """Where deliveries are kept. Every method raises Unavailable."""

    async def known(self, messages: Collection[str]) -> Collection[str]:
        """Those that are there already."""
        ...

    async def add(self, webhook: str, items: Sequence[Item], now: datetime) -> None:
        """Due at once; those that are there already stay as they are."""
        ...

    async def again(self, messages: Collection[str], replay: str, now: datetime) -> None:
        """Those that have ended are due again, with a schedule of their own, once per replay."""
        ...

    async def waiting(self, webhook: str, most: int) -> int:
        """How many have not ended, counted up to `most`."""
        ...

    async def due(self, now: datetime) -> Sequence[str]:
        """Webhooks with a delivery that is due."""
        ...

    async def claim(self, webhook: str, now: datetime, most: int, until: datetime) -> Sequence[Delivery]:
        """The longest due, kept from other senders until `until`."""
        ...

    async def put_off(self, deliveries: Sequence[Delivery], due: datetime) -> None:
        """Due again then, without an attempt."""
        ...

    async def drop(self, webhook: str, now: datetime) -> None:
        """End all that wait, unsent."""
        ...

    async def events(self, ids: Collection[str]) -> Mapping[str, Event]:
        """What the log has of these."""
        ...


class Attempts(Protocol):
    """The attempts log. Every method raises Unavailable."""

    async def delivered_since(self, webhook: str, since: datetime) -> bool: ...

    async def listed(self, webhook: str, after: str | None, limit: int) -> Sequence[tuple[str, Attempt]]:
        """With the id of each, the newest first; `after` is the id of the last one seen."""
        ...


def message_id(secret: bytes, webhook: str, event: str) -> str:
    """`webhook-id`: the same for every attempt and every replay of this event to this webhook."""
    return derived_id("msg", secret, f"webhook {webhook} {event}".encode())
