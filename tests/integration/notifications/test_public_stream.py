"""GET /feeds/public/stream of running replicas: for everybody, and resumed like any other stream."""

import asyncio
from functools import partial

import httpx

from tests.support.json_feed import check_feed
from tests.support.notice_events import alert_event, statistic_event
from tests.support.sse import Listener, listening
from tests.support.system import System
from tests.support.tip_events import publish, tip_event
from tests.support.waiting import eventually

PATH = "/feeds/public/stream"
NOBODY: dict[str, str] = {}


async def test_what_is_public_is_told_to_anybody_and_resumed_on_the_other_replica(system: System) -> None:
    one, other = (replica.url for replica in system.of("notifications"))
    statistics = [statistic_event(number, area="94") for number in range(9000, 9040)]
    listener = Listener()
    async with listening(listener, one, NOBODY, path=PATH, area="94"):
        pass
    sending = asyncio.create_task(publish(system.kafka.bootstrap, statistics))
    turns = 0
    while len(listener.events) < len(statistics) and turns < 30:
        enough, turns = min(len(statistics), len(listener.events) + 10), turns + 1
        async with listening(listener, (one, other)[turns % 2], NOBODY, path=PATH, area="94"):
            await eventually(partial(listener.has, enough), within=30)
    await sending
    assert sorted(listener.ids()) == sorted(event.id for event in statistics)
    assert listener.numbers() == list(range(1, len(statistics) + 1))
    assert set(listener.names) == {"liengia.statistic.reported.v1"}


async def test_a_told_item_is_an_item_of_the_feed_and_nothing_else_is_told(system: System) -> None:
    url, listener = system.of("notifications")[0].url, Listener()
    alert = alert_event(number=9100, area="93/93001")
    hidden = [
        tip_event("received", tip=9101, area="93/93001"),
        statistic_event(9102, area="93/93001", origin="computed"),
    ]
    async with listening(listener, url, NOBODY, path=PATH, area="93"):
        await publish(system.kafka.bootstrap, [*hidden, alert])
        await eventually(lambda: listener.events, within=20)
    (told,) = listener.events
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        feed = (await client.get("/feeds/public.json", params={"area": "93"})).json()
    check_feed(feed)
    assert [{**item, "deliverynumber": 1} for item in feed["items"]] == [told]
