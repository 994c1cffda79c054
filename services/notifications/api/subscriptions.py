"""Standing wishes to be told, and the messages they bring."""

from collections.abc import Collection
from datetime import datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from services.notifications.api.alert_shapes import Answer
from services.notifications.domain.subscriptions import QuietHours, Subscription
from services.notifications.usecases import subscriptions
from services.notifications.usecases.messages import messages
from services.notifications.usecases.public import is_public
from services.notifications.usecases.subscriptions import READ_EVENTS, SubscriptionDesk, Wish
from shared.auth import Principal
from shared.contracts.base import Area, Moment, RoleAddress, Shape
from shared.contracts.vocabulary import Channel
from shared.errors import Fault, Invalid
from shared.events import Event
from shared.web import Caller, IdempotencyKey, IfMatch, Paging, answer, listed, read_cursor
from shared.web.events import visible

MOST_NAMED = 100
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
SubscriptionIdPath = Annotated[str, Path(max_length=64)]


class Hours(Shape):
    """Local times such as `22:00`; the same twice means that it is never quiet."""

    start: TimeOfDay
    end: TimeOfDay

    def hours(self) -> QuietHours:
        return QuietHours(time.fromisoformat(self.start), time.fromisoformat(self.end))


class NewSubscription(Shape):
    """`topics` are event types, told when they happen in `areas`; `roles` are addresses in an event's
    `notify`. Without `quiet_hours` those of the rules hold.
    """

    topics: Annotated[tuple[str, ...], Field(max_length=MOST_NAMED)] = ()
    roles: Annotated[tuple[RoleAddress, ...], Field(max_length=MOST_NAMED)] = ()
    areas: Annotated[tuple[Area, ...], Field(max_length=MOST_NAMED)] = ()
    channel: Channel = Channel.WEB
    language: Literal["vi", "en"] = "vi"
    quiet_hours: Hours | None = None

    def wish(self) -> Wish:
        hours = None if self.quiet_hours is None else self.quiet_hours.hours()
        return Wish(self.topics, self.roles, self.areas, self.channel, self.language, hours)


class HoursItem(Answer):
    start: str
    end: str


class SubscriptionItem(Answer):
    """`quiet_hours` null: those of the rules."""

    id: str
    version: int
    topics: list[str]
    roles: list[str]
    areas: list[str]
    channel: Channel
    language: Literal["vi", "en"]
    quiet_hours: HoursItem | None
    created_at: datetime


class SubscriptionList(Answer):
    items: list[SubscriptionItem]
    next_cursor: str | None


class MessageItem(Answer):
    """`id` is the event's, so that a repeat is known; `due_at` as the event says it, a moment or a day."""

    id: str
    type: str
    subject: str
    area: str
    at: datetime
    due_at: str | None
    urgent: bool
    language: Literal["vi", "en"]
    text: str


class MessageList(Answer):
    """Go on from `next_cursor`: at once while there is `more`, else after a while."""

    items: list[MessageItem]
    next_cursor: str
    more: bool


def routes(desk: SubscriptionDesk, kinds: Collection[str]) -> APIRouter:
    """`kinds`: the event types that come here."""
    router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])
    _add_wishing(router, desk, kinds)
    _add_reading(router, desk)
    return router


def _add_wishing(router: APIRouter, desk: SubscriptionDesk, kinds: Collection[str]) -> None:
    @router.post("", status_code=201, summary="Wish to be told", response_model=SubscriptionItem)
    async def subscribe(body: NewSubscription, caller: Caller, key: IdempotencyKey) -> Response:
        """Any token for alerts and attested statistics; scope `events:read` and areas of the token for the
        rest.
        """
        _must_be_known(body.topics, kinds)
        loaded = await subscriptions.subscribe(
            desk, body.wish(), caller=caller, key=key, body=body.model_dump(mode="json")
        )
        item = _item(loaded.id, loaded.version, loaded.state)
        return answer(item, 201, version=loaded.version, headers={"Location": f"/subscriptions/{loaded.id}"})

    @router.get("", summary="Your subscriptions, newest first", response_model=SubscriptionList)
    async def own(caller: Caller, paging: Paging) -> Response:
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        page, more = await subscriptions.listing(desk, caller, limit=paging.limit, after=after)
        return answer(listed([_item(*one) for one in page], more))

    @router.delete("/{subscription_id}", status_code=204, summary="Wish no longer")
    async def end(subscription_id: SubscriptionIdPath, caller: Caller, if_match: IfMatch) -> Response:
        await subscriptions.end(desk, subscription_id, caller, if_match)
        return Response(status_code=204)


def _add_reading(router: APIRouter, desk: SubscriptionDesk) -> None:
    @router.get("/{subscription_id}", summary="One of your subscriptions", response_model=SubscriptionItem)
    async def one(subscription_id: SubscriptionIdPath, caller: Caller) -> Response:
        loaded = await subscriptions.read(desk, subscription_id, caller)
        return answer(_item(loaded.id, loaded.version, loaded.state), version=loaded.version)

    @router.get(
        "/{subscription_id}/messages", summary="What it has to tell, oldest first", response_model=MessageList
    )
    async def told(
        subscription_id: SubscriptionIdPath,
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=16_384)] = None,
    ) -> Response:
        """Each event once, as far as the token allows it now. In quiet hours what is not urgent waits for
        their end. Without a cursor it begins where the subscription began, as far back as events are kept.
        """
        loaded = await subscriptions.read(desk, subscription_id, caller)
        found = await messages(
            desk, loaded.state, lambda event: _allows(caller, event), cursor=cursor or None, limit=limit
        )
        return answer({"items": found.items, "next_cursor": found.cursor, "more": found.more})


def _allows(caller: Principal, event: Event) -> bool:
    return is_public(event) or (caller.has(READ_EVENTS) and visible(event, caller))


def _must_be_known(topics: tuple[str, ...], kinds: Collection[str]) -> None:
    faults = tuple(
        Fault(f"/topics/{number}", "is not an event type that comes here, such as liengia.alert.issued.v1")
        for number, one in enumerate(topics)
        if one not in kinds
    )
    if faults:
        raise Invalid("The topics have a fault.", faults)


def _item(id: str, version: int, wish: Subscription) -> dict[str, Any]:
    quiet = wish.quiet
    return {
        "id": id,
        "version": version,
        "topics": wish.topics,
        "roles": wish.roles,
        "areas": wish.areas,
        "channel": Channel.WEB,
        "language": wish.language,
        "quiet_hours": quiet
        and {"start": quiet.start.isoformat("minutes"), "end": quiet.end.isoformat("minutes")},
        "created_at": wish.created_at,
    }
