"""Fan-out under faults: whoever dies or freezes, each delivery is made once, under one number."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.notifications.domain import webhooks as domain
from services.notifications.domain.webhooks import Reason, Secret, Terms, Webhook
from services.notifications.store.deliveries import MongoDeliveries
from services.notifications.store.readings import MongoReadings
from services.notifications.store.webhooks import COLLECTION, MongoWebhooks
from services.notifications.usecases.deliveries import Item, Plan, Reading
from services.notifications.usecases.fanout import Fanout, Pace
from shared.clock import to_milliseconds
from shared.errors import Unavailable
from shared.mongo import Database
from shared.outbox import Cause, Outbox, StateCodec
from tests.component.notifications.conftest import Bench
from tests.component.notifications.test_log import ids, tips
from tests.support.waiting import eventually, in_time

ID = "whk_a"
PACE = Pace(beat=0.05, lease=0.6)


class Dies(MongoDeliveries):
    """Loses the database in the middle of a step: before the deliveries are made, or after."""

    def __init__(self, database: Database, *, after: bool) -> None:
        super().__init__(database)
        self.after, self.calls = after, 0

    async def add(self, webhook: str, items: Sequence[Item], now: Any) -> None:
        self.calls += 1
        if self.after:
            await super().add(webhook, items, now)
        raise Unavailable("away")


class Freezes(MongoReadings):
    """Stops between writing down what it will make and making it, until it is thawed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.frozen, self.thawed = asyncio.Event(), asyncio.Event()

    async def write_plan(self, reading: Reading, plan: Plan) -> bool:
        written = await super().write_plan(reading, plan)
        if not self.thawed.is_set():
            self.frozen.set()
            await self.thawed.wait()
        return written

    async def renew(self, held: Sequence[Reading], seconds: float) -> Any:
        return {} if self.frozen.is_set() and not self.thawed.is_set() else await super().renew(held, seconds)


@pytest.fixture
async def outbox(bench: Bench) -> AsyncIterator[Outbox[Webhook]]:
    made: Outbox[Webhook] = Outbox(
        bench.database,
        COLLECTION,
        codec=StateCodec(Webhook),
        word=lambda id, state, happened: pytest.fail("a webhook publishes nothing"),
        source="/services/notifications",
        clock=bench.clock,
    )
    await made.open()
    now = to_milliseconds(bench.clock.now())
    webhook = Webhook(
        owner="integration:portal",
        terms=Terms(("99",), ("liengia.tip.received.v1",)),
        origin="https://portal.example.org",
        key="k",
        url="sealed",
        secrets=(Secret("sec_1", "sealed", now),),
        created_at=now,
        since=now,
        begins={str(log): n for log, n in (await bench.log.end()).items()},
    )
    await made.create(ID, domain.register(webhook), Cause("integration:portal"))
    yield made
    await made.close()


def fanout(
    bench: Bench,
    outbox: Outbox[Webhook],
    *,
    deliveries: MongoDeliveries | None = None,
    readings: MongoReadings | None = None,
    wake: Callable[[], None] = lambda: None,
    pace: Pace = PACE,
) -> Fanout:
    return Fanout(
        bench.log,
        MongoWebhooks(bench.database, outbox),
        readings or MongoReadings(bench.database),
        deliveries or MongoDeliveries(bench.database),
        secret=b"for tests",
        clock=bench.clock,
        wake=wake,
        pace=pace,
    )


@asynccontextmanager
async def running(one: Fanout) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def made(bench: Bench) -> list[tuple[str, int]]:
    """Event and number of every delivery, by number."""
    found = await bench.database["webhook_deliveries"].find({"webhook": ID}).sort("number", 1).to_list(None)
    return [(one["event"], one["number"]) for one in found]


def numbered(*tips: int) -> list[tuple[str, int]]:
    return list(zip(ids(*tips), range(1, len(tips) + 1), strict=True))


async def happen(bench: Bench, *numbers: int) -> None:
    await bench.deliver(tips(*numbers, at=bench.clock.now()))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_step_cut_off_is_finished_by_whoever_takes_over(
    bench: Bench, outbox: Outbox[Webhook], after: bool
) -> None:
    await happen(bench, 1, 2, 3)
    dying = Dies(bench.database, after=after)
    with pytest.raises(Unavailable):
        await in_time(fanout(bench, outbox, deliveries=dying).run(), 10)
    assert dying.calls == 1
    await happen(bench, 4)
    async with running(fanout(bench, outbox)):

        async def all_made() -> bool:
            return await made(bench) == numbered(1, 2, 3, 4)

        await eventually(all_made, within=10)


async def test_a_holder_that_was_frozen_and_thawed_makes_nothing_twice(
    bench: Bench, outbox: Outbox[Webhook]
) -> None:
    frozen = Freezes(bench.database)
    await happen(bench, 1, 2)
    async with running(fanout(bench, outbox, readings=frozen)):
        await in_time(frozen.frozen.wait(), 10)
        await happen(bench, 3)
        async with running(fanout(bench, outbox)):

            async def taken_over() -> bool:
                return await made(bench) == numbered(1, 2, 3)

            await eventually(taken_over, within=10)
            frozen.thawed.set()
            await happen(bench, 4)

            async def all_made() -> bool:
                return await made(bench) == numbered(1, 2, 3, 4)

            await eventually(all_made, within=10)


async def test_two_replicas_at_once_make_each_delivery_once(bench: Bench, outbox: Outbox[Webhook]) -> None:
    async with running(fanout(bench, outbox)), running(fanout(bench, outbox)):
        for number in range(30):
            await happen(bench, number)

        async def all_made() -> bool:
            return await made(bench) == numbered(*range(30))

        await eventually(all_made, within=10)


async def test_a_webhook_with_too_much_waiting_reads_on_when_some_has_ended(
    bench: Bench, outbox: Outbox[Webhook]
) -> None:
    await happen(bench, 1)
    pace = Pace(beat=0.05, lease=0.6, waiting=2)
    async with running(fanout(bench, outbox, pace=pace)):
        deliveries = MongoDeliveries(bench.database)

        async def waits(count: int) -> bool:
            return await deliveries.waiting(ID, 100) == count

        await eventually(lambda: waits(1), within=10)
        await happen(bench, 2)
        await eventually(lambda: waits(2), within=10)
        await happen(bench, 3)
        position = (await bench.database["webhook_readings"].find_one({"_id": ID}) or {})["position"]
        assert max(position.values()) == 2
        await deliveries.drop(ID, bench.clock.now())

        async def all_made() -> bool:
            return await made(bench) == numbered(1, 2, 3)

        await eventually(all_made, within=10)


async def test_a_reader_far_behind_hidden_events_does_not_walk_over_them_again(
    bench: Bench, outbox: Outbox[Webhook]
) -> None:
    await bench.deliver(tips(*range(50), area="98/98001", at=bench.clock.now()))
    async with running(fanout(bench, outbox)):

        async def past() -> bool:
            reading = await bench.database["webhook_readings"].find_one({"_id": ID}) or {}
            return dict(reading.get("position", {})) == {
                str(log): n for log, n in (await bench.log.end()).items()
            }

        await eventually(past, within=10)
    assert await made(bench) == []


async def test_a_disabled_webhook_is_no_longer_read_for(bench: Bench, outbox: Outbox[Webhook]) -> None:
    one = fanout(bench, outbox)
    async with running(one):
        await happen(bench, 1)

        async def first() -> bool:
            return await made(bench) == numbered(1)

        await eventually(first, within=10)
        await outbox.update(
            ID, lambda state, now: domain.disable(state, Reason.OWNER, now), Cause("system:webhooks")
        )
        await eventually(lambda: one.status() == {"webhooks": 0}, within=10)
        await happen(bench, 2)
    assert await made(bench) == numbered(1)
