"""The journal: read on from a cursor by anybody, from any replica."""

import asyncio

import pytest

from shared.clock import SystemClock
from shared.errors import Invalid
from shared.events import Event
from shared.outbox import Outbox
from tests.component.outbox.faults import FaultyStorage, Interference
from tests.component.outbox.probe import Counter, counters
from tests.component.outbox.relays import relay_of, running, write
from tests.component.outbox.world import World, by_subject
from tests.support.waiting import eventually, in_time


async def test_the_journal_is_read_on_from_a_cursor_without_skipping(
    world: World, outbox: Outbox[Counter]
) -> None:
    read: list[Event] = []
    cursor = None
    async with running(relay_of(outbox, world.log())):
        writing = asyncio.create_task(write(outbox, [f"c{n}" for n in range(40)], updates=4))
        while len(read) < 200:
            entries, cursor = await outbox.journal.read(cursor, 7, wait=5.0)
            assert entries
            read += [entry.event for entry in entries]
        expected = await writing
    assert by_subject(read) == expected
    assert await outbox.journal.read(cursor, 7) == ([], cursor)


async def test_many_who_wait_share_one_look_and_all_are_told(world: World, outbox: Outbox[Counter]) -> None:
    interference = Interference()
    journal = counters(FaultyStorage(world.storage(), interference), SystemClock()).journal
    waiting = [asyncio.create_task(journal.read(None, 10, wait=20.0)) for _ in range(40)]
    await eventually(lambda: interference.calls.get("ends", 0) >= 3)
    assert interference.calls["read"] == 40, "one read each, and none while there is nothing"
    async with running(relay_of(outbox, world.log())):
        await write(outbox, ["c"], updates=0)
        for entries, _ in await asyncio.gather(*waiting):
            assert [entry.event.id for entry in entries] == ["c:1"]


async def test_a_wait_without_news_ends_in_time_with_nothing(outbox: Outbox[Counter]) -> None:
    entries, cursor = await in_time(outbox.journal.read(None, 10, wait=0.3), 5)
    assert entries == []
    assert await outbox.journal.read(cursor, 10) == ([], cursor)


async def test_a_cursor_that_is_none_of_ours_is_refused(outbox: Outbox[Counter]) -> None:
    for cursor in ("", "x", "W10", "é", "bnVsbA"):
        with pytest.raises(Invalid):
            await outbox.journal.read(cursor)
