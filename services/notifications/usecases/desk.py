"""What the use cases of webhooks work with, and whose webhook is whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.notifications.domain.webhooks import Status, Webhook
from services.notifications.usecases.deliveries import Attempts, Deliveries, Readings
from services.notifications.usecases.log import Log, Position
from shared.auth import Principal
from shared.clock import Clock, to_milliseconds
from shared.errors import Forbidden, NotFound
from shared.outbox import Loaded, Outbox
from shared.sealing import Sealer

SCOPE: Final = "events:read"
OPERATE: Final = "operate"


class Lists(Protocol):
    """Reads beside the write door. Raises Unavailable."""

    async def listed(
        self, owner: str | None, after: str | None, limit: int
    ) -> Sequence[tuple[str, int, Webhook]]:
        """Id, version and state of those of an owner (None: of all) that were not removed, by id."""
        ...

    async def oldest_of(self, owner: str, most: int) -> Sequence[str]:
        """Ids of the first `most` webhooks of an owner that were not removed."""
        ...


class Span(Protocol):
    """Where in the log a time lies. Raises Unavailable."""

    async def between(self, since: datetime, before: datetime) -> tuple[Position, Position]:
        """Positions before the first and at the last entry stored from `since` on and before `before`."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What these use cases work with."""

    outbox: Outbox[Webhook]
    lists: Lists
    readings: Readings
    deliveries: Deliveries
    attempts: Attempts
    log: Log
    span: Span
    sealer: Sealer
    secret: bytes
    clock: Clock

    def now(self) -> datetime:
        return to_milliseconds(self.clock.now())


async def find(desk: Desk, id: str, caller: Principal, *, owner_only: bool = False) -> Loaded[Webhook]:
    """The caller's own webhook; for an operator anybody's. Raises NotFound for every other, Forbidden where
    not even an operator may.
    """
    operator = caller.has(OPERATE)
    if not operator:
        caller.require(SCOPE)
    loaded = await desk.outbox.get(id)
    mine = loaded.state.owner == caller.name
    if loaded.state.status is Status.REMOVED or not (mine or operator):
        raise unknown()
    if owner_only and not mine:
        raise Forbidden("Only its owner may do this.")
    return loaded


def address(desk: Desk, id: str, webhook: Webhook) -> str | None:
    """The whole address, for its owner."""
    if webhook.key is None or webhook.url is None:
        return None
    return desk.sealer.open(webhook.key, id, "url", webhook.url)


def unknown() -> NotFound:
    return NotFound("There is no such webhook.")
