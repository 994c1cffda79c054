"""Histories that a log takes up: every entry once it is written, and none is forgotten before."""

import asyncio
from collections.abc import Mapping

from shared.clock import SystemClock
from shared.outbox import Outbox, Storage
from tests.component.outbox.probe import Counter, begin, counters, step
from tests.component.outbox.relays import REPORTER
from tests.component.outbox.world import World


async def waiting(outbox: Outbox[Counter]) -> Mapping[str, list[int]]:
    """The numbers of the entries that wait, by aggregate."""
    return {one.id: [entry["number"] for entry in one.entries] for one in await outbox.history.unlogged(100)}


async def logging(storage: Storage) -> Outbox[Counter]:
    outbox = counters(storage, SystemClock())
    await outbox.prepare()
    await outbox.history.prepare()
    await outbox.open()
    return outbox


async def test_what_is_written_waits_until_it_is_taken_up(world: World) -> None:
    outbox = await logging(world.storage())
    for id in ("a", "b"):
        await outbox.create(id, begin(), REPORTER)
    await outbox.update("a", step, REPORTER)
    assert await waiting(outbox) == {"a": [1, 2], "b": [1]}
    await outbox.history.logged({"a": 1, "b": 1})
    assert await waiting(outbox) == {"a": [2]}
    await outbox.update("b", step, REPORTER)
    assert await waiting(outbox) == {"a": [2], "b": [2]}
    await outbox.history.logged({"a": 2, "b": 2})
    assert await waiting(outbox) == {}
    assert await outbox.history.oldest() is None
    await outbox.close()


async def test_an_entry_carries_what_the_case_history_says(world: World) -> None:
    outbox = await logging(world.storage())
    await outbox.create("a", begin(), REPORTER)
    ((entry,),) = [one.entries for one in await outbox.history.unlogged(1)]
    (told,) = (await outbox.get("a")).timeline
    assert entry == {"number": 1, "time": told.time, "what": "begun", "hash": told.hash}
    assert await outbox.history.oldest() == told.time
    await outbox.close()


async def test_entries_written_while_others_are_taken_up_are_not_forgotten(world: World) -> None:
    outbox = await logging(world.storage())
    await outbox.create("a", begin(), REPORTER)
    for number in range(1, 6):
        await asyncio.gather(outbox.history.logged({"a": number}), outbox.update("a", step, REPORTER))
    assert await waiting(outbox) == {"a": [6]}
    assert (await outbox.get("a")).version == 6
    await outbox.close()


async def test_taking_up_late_or_twice_takes_nothing_back(world: World) -> None:
    outbox = await logging(world.storage())
    await outbox.create("a", begin(), REPORTER)
    await outbox.update("a", step, REPORTER)
    await outbox.history.logged({"a": 2})
    await outbox.update("a", step, REPORTER)
    await outbox.history.logged({"a": 1})
    assert await waiting(outbox) == {"a": [3]}
    await outbox.close()


async def test_a_history_from_before_there_was_a_log_is_handed_over_whole(world: World) -> None:
    outbox = counters(world.storage(), SystemClock())
    before = counters(outbox.storage, outbox.clock, logs_history=False)
    await before.open()
    await before.create("a", begin(), REPORTER)
    await before.update("a", step, REPORTER)
    await before.close()
    assert await waiting(outbox) == {}
    await outbox.history.prepare()
    assert await waiting(outbox) == {"a": [1, 2]}
    await outbox.history.logged({"a": 2})
    await outbox.history.prepare()
    assert await waiting(outbox) == {}
    await outbox.history.prepare(anew=True)
    assert await waiting(outbox) == {"a": [1, 2]}
