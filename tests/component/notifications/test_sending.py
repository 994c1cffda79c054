"""Sending beside receivers that hang: each has its share, those that fail have a room of their own."""

from collections import Counter
from datetime import timedelta
from typing import Any

from services.notifications.domain.attempts import Fault
from services.notifications.store.attempts import MongoAttempts
from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.store.readings import MongoReadings
from services.notifications.usecases.deliveries import Item, Plan
from services.notifications.usecases.sending import Limits
from tests.component.notifications.sending import Post
from tests.component.notifications.test_log import ids, tips
from tests.support.waiting import eventually


async def test_however_many_receivers_hang_they_leave_room_for_the_others(post: Post) -> None:
    limits = Limits(each=2, well=4, failing=2, look_seconds=0.05, schedule=(timedelta(0),) * 9)
    await post.bench.deliver(tips(*range(6), at=post.bench.clock.now()))
    stuck = {"a", "b", "c", "d"}
    post.outside.stuck = set(stuck)
    for name in sorted(stuck):
        await post.wait(await post.webhook(name), *ids(*range(6)))
    async with post.sending(limits) as sender:
        await eventually(lambda: sum(post.outside.under_way.values()) == 4, within=10)
        assert max(post.outside.most.values()) == 2, "and none has more than its share"
        post.outside.release.set()
        await eventually(lambda: sender.status()["failing_webhooks"] == 4, within=10)
        post.outside.release.clear()
        await eventually(lambda: sum(post.outside.under_way.values()) == 2, within=10)
        assert max(post.outside.under_way.values()) == 1
        await post.wait(await post.webhook("healthy"), *ids(*range(6)))
        await eventually(lambda: post.outside.delivered["healthy"] == 6, within=10)
        assert sum(post.outside.under_way.values()) == 2
        assert post.disabled == []


async def test_what_the_log_does_not_have_for_a_while_is_not_an_attempt(post: Post) -> None:
    webhook = await post.webhook("a")
    await post.wait(webhook, *ids(1))
    async with post.sending(Limits(look_seconds=0.05)):
        deliveries = post.bench.database["webhook_deliveries"]

        async def put_off() -> Any:
            now = post.bench.clock.now()
            return await deliveries.find_one(
                {"due": {"$gt": now}, "attempts": 0, "claim": {"$exists": False}}
            )

        await eventually(put_off, within=10)
        assert post.outside.delivered == Counter()
        await post.bench.deliver(tips(1, at=post.bench.clock.now()))
        post.bench.clock.ahead += timedelta(minutes=2)
        await eventually(lambda: post.outside.delivered["a"] == 1, within=10)


async def test_a_webhook_whose_key_is_missing_holds_up_no_other(post: Post) -> None:
    await post.bench.deliver(tips(1, at=post.bench.clock.now()))
    lost, sound = await post.webhook("a"), await post.webhook("b")
    await post.bench.database["webhooks"].update_one({"_id": lost}, {"$set": {"key": "k9.nothing"}})
    for webhook in (lost, sound):
        await post.wait(webhook, *ids(1))
    async with post.sending(Limits(look_seconds=0.05)):
        await eventually(lambda: post.outside.delivered["b"] == 1, within=10)
        assert await MongoDeliveries(post.bench.database).waiting(lost, 10) == 1, "and it is kept"


async def test_a_sender_that_is_told_to_stop_lets_end_what_is_under_way(post: Post) -> None:
    await post.bench.deliver(tips(1, at=post.bench.clock.now()))
    post.outside.stuck = {"a"}
    webhook = await post.webhook("a")
    await post.wait(webhook, *ids(1))
    async with post.sending(Limits(look_seconds=0.05)):
        await eventually(lambda: post.outside.under_way["a"] == 1, within=10)
    (attempt,) = await MongoAttempts(post.bench.database).listed(webhook, None, 10)
    assert attempt[1].answer.fault is Fault.TIMEOUT


async def test_whoever_lost_a_reader_changes_nothing_any_more(post: Post) -> None:
    readings, id = MongoReadings(post.bench.database), "whk_a"
    await readings.ensure(id, 1, {7: 3})
    (old,) = await readings.take([id], 1, 10)
    assert await readings.take([id], 1, 10) == []
    await readings.cut_off(id)
    (new,) = await readings.take([id], 1, 10)
    plan = Plan([Item("msg_1", "tip_a:1", "liengia.tip.received.v1", 1)], {7: 4}, 1)
    assert await readings.write_plan(new, plan)
    assert not await readings.write_plan(old, Plan([], {7: 99}, 99))
    assert not await readings.finish_plan(old, Plan([], {7: 99}, 99))
    assert await readings.renew([old], 10) == {}
    await readings.release([old])
    assert await readings.finish_plan(new, plan)
    assert not await readings.finish_plan(new, plan), "an answer that was lost counts nothing twice"
    await readings.ensure(id, 2, {7: 9})
    assert not await readings.write_plan(new, plan), "it was enabled anew meanwhile"
    await readings.cut_off(id)
    (anew,) = await readings.take([id], 1, 10)
    assert (anew.position, anew.count, anew.plan) == ({7: 9}, 1, None)
