"""Deliveries claimed ahead: by one sender only, given back, let go in time, dropped with their webhook."""

import asyncio
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.usecases.claiming import BEGUN_BEFORE, CLAIM, FRESH_SECONDS
from services.notifications.usecases.sending import Limits
from tests.component.notifications.sending import Post
from tests.component.notifications.test_log import ids, tips
from tests.support.waiting import eventually


async def test_what_was_claimed_and_not_begun_is_due_for_others_when_a_sender_stops(post: Post) -> None:
    await post.bench.deliver(tips(*range(9), at=post.bench.clock.now()))
    post.outside.stuck = {"a"}
    webhook = await post.webhook("a")
    await post.wait(webhook, *ids(*range(9)))
    async with post.sending(Limits(each=2, look_seconds=0.05)):
        await eventually(lambda: post.outside.under_way["a"] == 2, within=10)
    deliveries, now = MongoDeliveries(post.bench.database), post.bench.clock.now()
    assert len(await deliveries.claim(webhook, now, 40, now + timedelta(minutes=1))) == 7


async def test_a_webhook_that_another_replica_disables_is_left_alone_though_more_was_claimed(
    post: Post,
) -> None:
    await post.bench.deliver(tips(*range(9), at=post.bench.clock.now()))
    post.outside.stuck = {"a"}
    webhook = await post.webhook("a")
    await post.wait(webhook, *ids(*range(9)))
    async with post.sending(Limits(each=2, look_seconds=0.05)):
        await eventually(lambda: post.outside.under_way["a"] == 2, within=10)
        await post.bench.database["webhooks"].update_one({"_id": webhook}, {"$set": {"status": "disabled"}})
        began = time.monotonic()
        await eventually(lambda: time.monotonic() > began + FRESH_SECONDS, within=10)
        post.outside.stuck.clear()
        post.outside.release.set()

        async def dropped() -> bool:
            return await post.bench.database["webhook_deliveries"].count_documents({"state": "dropped"}) == 9

        await eventually(dropped, within=10)
    assert post.outside.delivered == Counter()


async def test_nothing_is_begun_that_would_outlast_its_claim(post: Post) -> None:
    await post.bench.deliver(tips(*range(6), at=post.bench.clock.now()))
    post.outside.stuck = {"a"}
    webhook = await post.webhook("a")
    await post.wait(webhook, *ids(*range(6)))
    async with post.sending(Limits(each=1, look_seconds=0.05, schedule=(timedelta(hours=1),))):
        await eventually(lambda: post.outside.under_way["a"] == 1, within=10)
        post.bench.clock.ahead += BEGUN_BEFORE
        post.outside.stuck.clear()
        post.outside.release.set()

        async def failed() -> Any:
            return await post.bench.database["webhook_deliveries"].find_one({"attempts": 1})

        await eventually(failed, within=10)
        post.bench.clock.ahead += CLAIM
        await eventually(lambda: post.outside.delivered["a"] == 5, within=10)
    assert await post.bench.database["webhook_deliveries"].count_documents({"attempts": 2}) == 0


async def test_two_senders_never_claim_the_same_delivery(post: Post) -> None:
    deliveries = MongoDeliveries(post.bench.database)
    await post.wait("whk_a", *ids(*range(40)))
    now = post.bench.clock.now()
    claims = await asyncio.gather(
        *(deliveries.claim("whk_a", now, 8, now + timedelta(minutes=1)) for _ in range(10))
    )
    messages = [one.message for claimed in claims for one in claimed]
    assert len(messages) == len(set(messages)) > 0
    rest = await deliveries.claim("whk_a", now, 40, now + timedelta(minutes=1))
    assert len(messages) + len(rest) == 40
    assert await eventually(partial(deliveries.due, now + timedelta(minutes=2))) == ["whk_a"]
    assert await deliveries.due(now) == []
