"""The journal: read on from a cursor by anybody, from any replica."""

import asyncio

import pytest

from shared.errors import Invalid
from shared.events import Event
from shared.outbox import Outbox
from tests.component.outbox.probe import Counter
from tests.component.outbox.relays import relay_of, running, write
from tests.component.outbox.world import World, by_subject


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


async def test_a_cursor_that_is_none_of_ours_is_refused(outbox: Outbox[Counter]) -> None:
    for cursor in ("", "x", "W10", "é", "bnVsbA"):
        with pytest.raises(Invalid):
            await outbox.journal.read(cursor)
