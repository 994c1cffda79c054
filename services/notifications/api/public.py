"""What anybody may read without a token: the public feed, and the stream of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from services.notifications.api.alerts import AreaQuery
from services.notifications.api.fresh import Have, fresh_answer
from services.notifications.api.public_shapes import JsonFeed
from services.notifications.api.sse import DESCRIBED, Streams
from services.notifications.api.stream import After, LastEventId, resume_after
from services.notifications.usecases import feed
from services.notifications.usecases.feed import FeedDesk
from services.notifications.usecases.following import BEGIN
from services.notifications.usecases.public import is_public
from shared.clock import Clock
from shared.contracts.base import Moment
from shared.errors import Fault, Invalid
from shared.events import Event
from shared.web import Paging, read_cursor, write_cursor
from shared.words import Language

PATH: Final = "/feeds/public.json"
STREAM: Final = "/feeds/public/stream"
MEDIA_TYPE: Final = "application/feed+json"
_TITLES: Final = {"vi": "Liên Gia: bản tin công khai", "en": "Liên Gia: public bulletin"}
_DESCRIPTIONS: Final = {
    "vi": "Cảnh báo và số liệu do các nơi công bố. Việc khẩn cấp hãy gọi 113, 114, 115.",
    "en": "Alerts, and figures as published. In an emergency call 113, 114 or 115.",
}
LanguageQuery = Annotated[Language, Query(description="Language of the words")]


class FeedResponse(Response):
    media_type = MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class Addresses:
    """`public_url`: under which the public reaches this service; None: as the caller did."""

    public_url: str | None

    def base(self, request: Request) -> str:
        return (self.public_url or str(request.base_url)).rstrip("/")

    def with_address(self, item: Mapping[str, Any], base: str) -> dict[str, Any]:
        """Only what the item is about: a figure has no page of its own."""
        alert = item["_liengia"].get("alert")
        return {**item, "url": f"{base}/alerts/{alert}"} if alert else dict(item)


def routes(desk: FeedDesk, streams: Streams, addresses: Addresses, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["public"])
    _add_feed(router, desk, addresses, clock)
    _add_stream(router, desk, streams, addresses)
    return router


def _add_feed(router: APIRouter, desk: FeedDesk, addresses: Addresses, clock: Clock) -> None:
    @router.head(PATH, include_in_schema=False)
    @router.get(
        PATH,
        summary="Alerts and attested figures, newest first (JSON Feed 1.1)",
        response_class=FeedResponse,
        response_model=JsonFeed,
        responses={304: {"description": "What you have is the newest"}},
    )
    async def public_feed(
        request: Request, paging: Paging, have: Have, lang: LanguageQuery = "vi", area: AreaQuery = None
    ) -> Response:
        """Public. `next_url` leads to older items. Send back `ETag` as `If-None-Match`, or `Last-Modified` as
        `If-Modified-Since`, to be answered 304 while there is nothing new.
        """
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        found = await desk.items.find(feed.Query(paging.limit + 1, area, after=after))
        page = found[: paging.limit]
        base = addresses.base(request)
        items = await desk.worded([one.event for one in page], lang)
        asked = {"lang": lang, "area": area, "limit": paging.limit}
        body: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _TITLES[lang],
            "description": _DESCRIPTIONS[lang],
            "home_page_url": f"{base}/bulletin",
            "feed_url": _url(base, {**asked, "cursor": paging.cursor}),
            "language": lang,
            "items": [addresses.with_address(item, base) for item in items],
        }
        if len(found) > len(page):
            last = page[-1].event
            body["next_url"] = _url(base, {**asked, "cursor": write_cursor([last.time, last.id])})
        written = orjson.dumps(body, option=orjson.OPT_UTC_Z)
        changed = max((one.at for one in page), default=None)
        return fresh_answer(written, MEDIA_TYPE, have, changed=changed, now=clock.now())


def _add_stream(router: APIRouter, desk: FeedDesk, streams: Streams, addresses: Addresses) -> None:
    @router.get(
        STREAM,
        summary="The items of the public feed, as they come",
        response_class=EventSourceResponse,
        responses=dict(DESCRIBED),
    )
    async def public_stream(
        request: Request,
        last_event_id: LastEventId = None,
        after: After = None,
        lang: LanguageQuery = "vi",
        area: AreaQuery = None,
    ) -> EventSourceResponse:
        """Public. Each event is an item of the feed, its `event` the type, `id` the place to resume after, at
        any replica. Without one the stream begins now: open it first, then fetch the feed, and no item is
        missed. It ends after 15 minutes or when the service stops: connect again with the last id.
        """
        after, pointer = resume_after(last_event_id, after)
        if after == BEGIN:
            raise Invalid("The stream cannot begin there.", (Fault(pointer, f"what was is at {PATH}"),))
        base = addresses.base(request)

        async def item(event: Event) -> Mapping[str, Any]:
            (worded,) = await desk.worded([event], lang)
            return addresses.with_address(worded, base)

        def admits(event: Event) -> bool:
            return is_public(event) and (area is None or feed.concerns(event, area))

        return await streams.open(after, admits, pointer=pointer, body=item)


def _url(base: str, asked: Mapping[str, object]) -> str:
    return f"{base}{PATH}?{urlencode({name: value for name, value in asked.items() if value is not None})}"
