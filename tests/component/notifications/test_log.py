"""The log: whatever order things are stored in, a reader sees every event once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.notifications.store.log import MongoLog
from services.notifications.usecases.following import Following
from services.notifications.usecases.log import PAGE, Entry, Log, Position
from shared.events import Event
from tests.component.notifications.conftest import Bench, reader
from tests.support.tip_events import tip_event, tip_id
from tests.support.waiting import in_time


def tips(*numbers: int, sequence: int = 1, **options: Any) -> list[Event]:
    return [tip_event("received", tip=number, sequence=sequence, **options) for number in numbers]


def ids(*numbers: int, sequence: int = 1) -> list[str]:
    return [f"{tip_id(number)}:{sequence}" for number in numbers]


async def test_every_event_is_read_once_and_in_the_order_of_its_partition(bench: Bench) -> None:
    await bench.deliver(tips(*range(10)), partition=0)
    await bench.deliver(tips(*range(10, 20)), partition=1)
    await bench.deliver(tips(*range(10), sequence=2), partition=0)
    heard = await bench.ids("begin")
    assert sorted(heard) == sorted(ids(*range(20)) + ids(*range(10), sequence=2))
    assert [id for id in heard if id in ids(*range(10)) + ids(*range(10), sequence=2)] == ids(
        *range(10)
    ) + ids(*range(10), sequence=2)


async def test_a_reader_that_resumes_at_any_point_sees_the_rest_once(bench: Bench) -> None:
    for partition in range(3):
        await bench.deliver(tips(*range(partition * 100, partition * 100 + 7)), partition=partition)
    whole = [one for one in await bench.told("begin") if one.event is not None]
    assert [one.number for one in whole] == list(range(1, 22))
    other = Bench(bench.database, bench.clock, bench.cursors, bench.store, Log(bench.store))
    await in_time(_look(other.log), 5)
    for place, one in enumerate(whole):
        rest = [late for late in await other.told(one.cursor) if late.event is not None]
        assert {late.event.id for late in rest if late.event} == {
            late.event.id for late in whole[place + 1 :] if late.event
        }
        assert [late.number for late in rest] == list(range(place + 2, 22))


async def _look(log: Log) -> None:
    """One look at the heads, as another replica has it."""
    running = asyncio.create_task(log.run())
    await log.news({}, 5)
    running.cancel()


async def test_nothing_past_an_unfinished_batch_is_read_before_it_is_whole(bench: Bench) -> None:
    first, second, third = tips(1, 2, 3)
    await bench.deliver([first])
    await bench.deliver([second, third], dies_before_raising=True)
    told = await bench.told("begin")
    assert [one.event.id for one in told if one.event] == ids(1)
    await bench.deliver([second, third], offset=1)
    assert await bench.ids(told[-1].cursor) == ids(2, 3)


async def test_a_repeat_on_the_same_partition_is_not_read_twice(bench: Bench) -> None:
    await bench.deliver(tips(1, 2))
    told = await bench.told("begin")
    await bench.deliver(tips(2, 1, 3))
    assert await bench.ids(told[-1].cursor) == ids(3)


async def test_a_cluster_that_came_back_empty_repeats_nothing_and_loses_nothing(bench: Bench) -> None:
    await bench.deliver(tips(1, 2, 3))
    told = await bench.told("begin")
    await bench.deliver(tips(1, 2, 3, 4), cluster="cluster-2")
    assert await bench.ids(told[-1].cursor) == ids(4)
    assert await bench.ids("begin") == ids(1, 2, 3, 4)


async def test_an_event_whose_cluster_went_before_its_head_was_raised_is_read_once(bench: Bench) -> None:
    await bench.deliver(tips(1))
    told = await bench.told("begin")
    await bench.deliver(tips(2, 3), dies_before_raising=True)
    await bench.deliver(tips(1, 2, 3, 4), cluster="cluster-2")
    assert await bench.ids(told[-1].cursor) == ids(2, 3, 4)


async def test_reading_everything_from_kafka_again_moves_nothing(bench: Bench) -> None:
    """Somebody empties the log and has the topics read again: the places are those of Kafka."""
    await bench.deliver(tips(*range(5)))
    told = await bench.told("begin")
    await bench.database["log"].delete_many({})
    await bench.database["logs"].delete_many({})
    await bench.deliver(tips(*range(6)), offset=0)
    assert await bench.ids(told[-1].cursor) == ids(5)


async def test_more_than_a_page_in_every_partition_comes_whole_and_in_order(bench: Bench) -> None:
    count = PAGE + 50
    for partition in range(3):
        await bench.deliver(tips(*range(partition * 1000, partition * 1000 + count)), partition=partition)
    heard = await bench.ids("begin")
    for partition in range(3):
        mine = ids(*range(partition * 1000, partition * 1000 + count))
        assert [id for id in heard if id in set(mine)] == mine
    assert len(heard) == 3 * count


@dataclass
class Counting:
    """A store that counts how often entries are read."""

    inner: MongoLog
    reads: int = 0
    entries: int = 0

    async def heads(self) -> Position:
        return await self.inner.heads()

    async def read(self, log: int, after: int, upto: int, limit: int) -> Sequence[Entry]:
        self.reads += 1
        found = await self.inner.read(log, after, upto, limit)
        self.entries += len(found)
        return found


async def test_readers_of_one_page_cost_one_read(bench: Bench) -> None:
    await bench.deliver(tips(1, 2, 3))
    store = Counting(bench.store)
    log = Log(store)
    await in_time(_look(log), 5)
    pages = await asyncio.gather(*(log.page({}) for _ in range(50)))
    assert {len(page.entries) for page in pages} == {3}
    assert store.reads == 1


async def test_a_reader_that_stops_reading_has_one_page_waiting_and_no_more(bench: Bench) -> None:
    await bench.deliver(tips(*range(5 * PAGE)))
    store = Counting(bench.store)
    slow = Following(Log(store), bench.cursors, bench.clock, heartbeat=0.05)
    told = slow.follow(await slow.start("begin", pointer=""), lambda event: True, bench.draining)
    await in_time(_look(slow.log), 5)
    while (await anext(told)).event is None:
        pass
    assert store.entries <= PAGE


async def test_a_reader_is_woken_by_what_comes_and_not_by_what_it_has(bench: Bench) -> None:
    await bench.deliver(tips(1))
    position = await bench.log.end()
    assert not await bench.log.news(position, 0.05)
    waiting = asyncio.create_task(bench.log.news(position, 10))
    await bench.deliver(tips(2))
    assert await in_time(waiting, 5)


async def test_a_stream_hides_what_its_reader_may_not_see_and_its_numbers_do_too(bench: Bench) -> None:
    ward, other = "99/99001/tdp-4", "99/99002/tdp-1"
    await bench.deliver(tips(1, area=ward))
    await bench.deliver(tips(2, area=ward, category="officer_misconduct", restricted=True))
    await bench.deliver(tips(3, area=other))
    await bench.deliver(tips(4, area=ward))
    told = [one for one in await bench.told("begin", reader("99/99001")) if one.event]
    assert [one.event.id for one in told if one.event] == ids(1, 4)
    assert [one.number for one in told] == [1, 2]
    inspector = reader("99/99001", scopes=("events:read", "inspectorate"))
    assert await bench.ids("begin", inspector) == ids(1, 2, 4)
    assert await bench.ids("begin", reader("99/9900")) == []


async def test_signs_of_life_carry_a_reader_past_hidden_events(bench: Bench) -> None:
    told = await bench.told(None, reader("99/99001"))
    await bench.deliver(tips(*range(20), area="98/98001"))
    later = await bench.told(told[-1].cursor, reader("99/99001"), quiet=2)
    mark = bench.cursors.read(later[-1].cursor, bench.clock.now(), pointer="")
    assert dict(mark.position) == dict(await bench.log.end())
    assert mark.count == 0


async def test_without_a_cursor_a_stream_begins_now(bench: Bench) -> None:
    await bench.deliver(tips(1))
    told = await bench.told(None)
    assert [one.event for one in told if one.event] == []
    await bench.deliver(tips(2))
    assert await bench.ids(told[-1].cursor) == ids(2)


async def test_a_stream_ends_when_the_service_is_about_to_stop(bench: Bench) -> None:
    await bench.deliver(tips(*range(5)))
    bench.draining.begin()
    assert [one.event for one in await bench.told("begin")] == [None]


async def test_entries_and_heads_expire_and_heads_last(bench: Bench) -> None:
    entries = await bench.database["log"].index_information()
    heads = await bench.database["logs"].index_information()
    day = timedelta(days=1).total_seconds()
    assert entries["expiry"]["expireAfterSeconds"] >= 37 * day
    assert heads["expiry"]["expireAfterSeconds"] > entries["expiry"]["expireAfterSeconds"]
