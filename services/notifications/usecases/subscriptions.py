"""Standing wishes: made, listed and ended by whoever holds them, and by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.notifications.domain import subscriptions
from services.notifications.domain.subscriptions import (
    Language,
    QuietHours,
    QuietRules,
    Subscription,
    SubscriptionState,
)
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.log import Log
from services.notifications.usecases.public import PUBLIC_TYPES
from shared.auth import Principal
from shared.clock import Clock, to_milliseconds
from shared.contracts.vocabulary import Channel
from shared.decision import Decision
from shared.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from shared.identifiers import Origin, derived_id, fingerprint, keyed, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded, Outbox

READ_EVENTS = "events:read"
MOST = 50
# Nobody's name stands in a subscription's history, as none stands in the subscription.
_SUBSCRIBER = "subscriber"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as it came in. `channel` is by which road; only `web` is there so far."""

    topics: tuple[str, ...]
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    channel: Channel
    language: Language
    quiet: QuietHours | None


class Lookup(Protocol):
    """Reading beside the write door. Raises Unavailable when the database is away."""

    async def of(
        self, owner: str, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[str, int, Subscription]]:
        """Active ones of one owner, newest first, as (id, version, subscription)."""
        ...

    async def count(self, owner: str) -> int: ...


class QuietBook(Protocol):
    """Which quiet hours the rules set."""

    def quiet(self, moment: datetime) -> QuietRules: ...


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    outbox: Outbox[Subscription]
    lookup: Lookup
    log: Log
    cursors: Cursors
    rules: QuietBook
    secret: bytes
    clock: Clock

    def owner(self, caller: Principal) -> str:
        return keyed(self.secret, "subscriber", caller.name.encode()).hex()


async def subscribe(
    desk: SubscriptionDesk, wish: Wish, *, caller: Principal, key: str | None, body: Mapping[str, Any]
) -> Loaded[Subscription]:
    """A new wish, told from now on. The same key again finds it, with another body it is refused.

    Raises Invalid, Forbidden, Conflict `idempotency_mismatch` or `too_many_subscriptions`, Unavailable.
    """
    require_lawful(wish, caller)
    owner = desk.owner(caller)
    made = Subscription(
        status=SubscriptionState.ACTIVE,
        owner=owner,
        topics=tuple(dict.fromkeys(wish.topics)),
        roles=tuple(dict.fromkeys(wish.roles)),
        areas=tuple(dict.fromkeys(wish.areas)),
        language=wish.language,
        quiet=wish.quiet,
        started=tuple((await desk.log.end()).items()),
        created_at=to_milliseconds(desk.clock.now()),
    )
    printed = fingerprint(desk.secret, body)
    subscription_id = derived_id("sub", desk.secret, seed_of(Origin(caller.name, key=key)))
    await _need_room(desk, owner, subscription_id)
    loaded, created = await desk.outbox.create(
        subscription_id, subscriptions.subscribe(made), Cause(_SUBSCRIBER), extra={"print": printed}
    )
    if not created:
        refuse_another_body(loaded.extra.get("print"), printed)
    return loaded


async def _need_room(desk: SubscriptionDesk, owner: str, subscription_id: str) -> None:
    """Two calls at once may each pass: the limit guards the database, it counts nobody's rights. A repeat
    needs no room.
    """
    if await desk.lookup.count(owner) < MOST:
        return
    try:
        await desk.outbox.get(subscription_id)
    except NotFound:
        detail = f"You have {MOST} subscriptions; delete one first."
        raise Conflict(detail, code="too_many_subscriptions") from None


def require_lawful(wish: Wish, caller: Principal) -> None:
    """Whether this caller may wish for it now; whether they may be told is judged again at every reading.

    Raises Invalid for a channel that is not there, Forbidden for what lies outside their scopes or areas.
    """
    if wish.channel is not Channel.WEB:
        message = "only web is there so far: messages are read at GET /subscriptions/{id}/messages"
        raise Invalid("The channel cannot be used.", (Fault("/channel", message),))
    if wish.roles or not set(wish.topics) <= PUBLIC_TYPES:
        caller.require(READ_EVENTS)
        for area in wish.areas:
            caller.require(READ_EVENTS, area)
    if wish.roles and caller.kind != "officer":
        raise Forbidden("Only a person takes what is addressed to a role.")
    for role in wish.roles:
        caller.require(READ_EVENTS, role.split("/", 1)[1].rsplit("/", 1)[0])


async def listing(
    desk: SubscriptionDesk, caller: Principal, *, limit: int, after: tuple[datetime, str] | None
) -> tuple[Sequence[tuple[str, int, Subscription]], tuple[datetime, str] | None]:
    """A page of the caller's own, newest first, and where the next one begins."""
    found = await desk.lookup.of(desk.owner(caller), after, limit + 1)
    page = found[:limit]
    return page, (page[-1][2].created_at, page[-1][0]) if len(found) > limit else None


async def read(desk: SubscriptionDesk, subscription_id: str, caller: Principal) -> Loaded[Subscription]:
    """Raises NotFound for one that is another's or has ended: nobody learns that it is there."""
    loaded = await _load(desk, subscription_id)
    if loaded.state.owner != desk.owner(caller) or loaded.state.status is not SubscriptionState.ACTIVE:
        raise _unknown()
    return loaded


async def end(
    desk: SubscriptionDesk, subscription_id: str, caller: Principal, if_version: int | None
) -> None:
    """Raises NotFound, VersionMismatch, Unavailable."""
    await read(desk, subscription_id, caller)

    def decide(wish: Subscription, now: datetime) -> Decision[Subscription]:
        if wish.status is SubscriptionState.ENDED:
            raise _unknown()
        return subscriptions.end(wish)

    await desk.outbox.update(subscription_id, decide, Cause(_SUBSCRIBER), if_version=if_version)


async def _load(desk: SubscriptionDesk, subscription_id: str) -> Loaded[Subscription]:
    try:
        return await desk.outbox.get(subscription_id)
    except NotFound:
        raise _unknown() from None


def _unknown() -> NotFound:
    return NotFound("There is no such subscription.")
