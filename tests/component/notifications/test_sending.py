"""Sending beside receivers that hang: each has its share, those that fail have a room of their own."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.notifications.domain import webhooks as domain
from services.notifications.domain.attempts import Answer, Fault
from services.notifications.domain.webhooks import Reason, Secret, Terms, Webhook
from services.notifications.outgoing import SOURCE, word_nothing
from services.notifications.store.attempts import MongoAttempts
from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.store.readings import MongoReadings
from services.notifications.store.webhooks import COLLECTION, MongoWebhooks
from services.notifications.usecases.claiming import BEGUN_BEFORE, CLAIM, FRESH_SECONDS
from services.notifications.usecases.deliveries import Item, Plan, message_id
from services.notifications.usecases.receivers import Receivers
from services.notifications.usecases.sending import Limits, Sender
from services.notifications.usecases.settling import Settling
from services.notifications.usecases.signing import new_secret
from shared.clock import to_milliseconds
from shared.outbox import Cause, Outbox, StateCodec
from shared.sealing import Keyring, Sealer
from tests.component.notifications.conftest import Bench
from tests.component.notifications.test_log import ids, tips
from tests.support.waiting import eventually

RING = Keyring.parse("k1:" + "QUJD" * 10 + "QUI=")


@dataclass
class Outside:
    """Receivers by their address: those in `stuck` answer nothing until they are released."""

    stuck: set[str] = field(default_factory=set)
    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.under_way[url] += 1
        self.most[url] = max(self.most[url], self.under_way[url])
        try:
            if url in self.stuck:
                await self.release.wait()
                return Answer(fault=Fault.TIMEOUT)
            self.delivered[url] += 1
            return Answer(200)
        finally:
            self.under_way[url] -= 1


@dataclass
class Post:
    """A sender with webhooks `a`, `b`, … and what waits for them."""

    bench: Bench
    outbox: Outbox[Webhook]
    sealer: Sealer
    outside: Outside
    disabled: list[tuple[str, Reason]] = field(default_factory=list)

    async def disable(self, webhook: str, reason: Reason) -> None:
        self.disabled.append((webhook, reason))

    async def webhook(self, name: str) -> str:
        id, now = f"whk_{name}", to_milliseconds(self.bench.clock.now())
        key = self.sealer.new_key(id)
        state = Webhook(
            owner="integration:portal",
            terms=Terms(("99",)),
            origin="https://example.org",
            key=key,
            url=self.sealer.seal(key, id, "url", name),
            secrets=(Secret("sec_1", self.sealer.seal(key, id, "sec_1", new_secret()), now),),
            created_at=now,
            since=now,
            begins={},
        )
        await self.outbox.create(id, domain.register(state), Cause("integration:portal"))
        return id

    async def wait(self, webhook: str, *events: str) -> None:
        items = [
            Item(message_id(b"for tests", webhook, event), event, "liengia.tip.received.v1", number)
            for number, event in enumerate(events, 1)
        ]
        await MongoDeliveries(self.bench.database).add(webhook, items, self.bench.clock.now())

    @asynccontextmanager
    async def sending(self, limits: Limits) -> AsyncIterator[Sender]:
        database = self.bench.database
        deliveries, attempts = MongoDeliveries(database), MongoAttempts(database)
        receivers = Receivers(MongoReadings(database), attempts, self.disable, self.bench.clock)
        sender = Sender(
            MongoWebhooks(database, self.outbox),
            receivers,
            deliveries,
            Settling(deliveries, attempts),
            post=self.outside.post,
            sealer=self.sealer,
            clock=self.bench.clock,
            limits=limits,
        )
        task = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            self.outside.release.set()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def post(bench: Bench) -> AsyncIterator[Post]:
    outbox: Outbox[Webhook] = Outbox(
        bench.database,
        COLLECTION,
        codec=StateCodec(Webhook),
        word=word_nothing,
        source=SOURCE,
        clock=bench.clock,
    )
    await outbox.open()
    yield Post(bench, outbox, Sealer(RING), Outside())
    await outbox.close()


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
