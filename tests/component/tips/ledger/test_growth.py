"""The log never forks, forgets or repeats, whoever dies when."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.tips.ledger.domain.batches import LEAVES, Batch
from services.tips.ledger.domain.merkle import Span
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.store import LedgerStore
from services.tips.ledger.usecases.appending import append, examine
from services.tips.ledger.usecases.bench import Head, hashes
from shared.errors import Unavailable
from tests.component.outbox.faults import Crash
from tests.component.tips.ledger.growing import EVERY, KEY, World, signed

STEPS = ("head", "latest", "begun", "unlogged", "find", "hashes", "add", "keep", "advance", "logged")


async def test_whoever_dies_at_any_step_leaves_a_log_that_the_next_one_continues(world: World) -> None:
    heads = [await signed(world.replica())]
    for name, when in itertools.product(STEPS, ("before", "after")):
        await world.write(2)
        world.next_slot()
        with pytest.raises(Unavailable):
            await append(world.replica("a", around=Crash(name, when)))
        await world.write(1)
        for next_one in ("b", "a"):
            heads.append(await signed(world.replica(next_one)))
            world.next_slot()
    heads.append(await signed(world.replica("a")))
    await world.must_hold(heads)


async def test_a_flood_of_which_a_part_was_appended_is_completed_to_its_step(world: World) -> None:
    heads = [await signed(world.replica())]
    await world.write(40)
    world.next_slot()

    class Torn(LedgerStore):
        async def add(self, grown: Sequence[Batch]) -> bool:
            await super().add(grown[:3])
            raise Unavailable("dead in the middle")

    ledger = replace(world.replica(), store=Torn(world.database, KEY.name))
    with pytest.raises(Unavailable):
        await append(ledger)
    for _ in range(3):
        heads.append(await signed(world.replica("b")))
        world.next_slot()
    assert heads[1].size - heads[0].size == 16 * LEAVES
    await world.must_hold(heads)


async def test_two_at_once_sign_one_log(world: World) -> None:
    ledgers = [world.replica(name) for name in ("a", "b", "c")]
    heads: list[Head] = []
    for _ in range(8):
        await world.write(2)
        world.next_slot()
        before = heads[-1].size if heads else 0
        found = await asyncio.gather(*(append(ledger) for ledger in ledgers), return_exceptions=True)
        heads += [head for head in found if isinstance(head, Head)]
        current = await examine(ledgers[0])
        assert current is not None
        assert current.size == before + LEAVES, "one step a slot, however many try"
        heads.append(current)
    world.next_slot()
    heads.append(await signed(ledgers[0]))
    heads.sort(key=lambda head: head.size)
    await world.must_hold(heads)


async def test_nothing_is_signed_twice_in_one_slot_and_nothing_is_skipped_for_a_long_pause(
    world: World,
) -> None:
    first = await signed(world.replica())
    assert await signed(world.replica("b")) == first
    world.watch.time += 100 * EVERY
    assert (await signed(world.replica())).size == first.size + LEAVES


async def test_the_log_goes_on_whether_slots_become_longer_or_shorter(world: World) -> None:
    sizes = []
    for minutes in (5, 1, 60, 2):
        ledger = replace(world.replica(), every=timedelta(minutes=minutes))
        world.watch.time += ledger.every
        sizes.append((await signed(ledger)).size)
    assert sizes == [LEAVES, 2 * LEAVES, 3 * LEAVES, 4 * LEAVES]


async def test_a_log_of_another_name_begins_with_the_first_entry_of_every_history(world: World) -> None:
    await world.write(3)
    await signed(world.replica())
    assert await world.outbox.history.oldest() is None
    other = SigningKey.fresh("ledger.test/another")
    await world.outbox.history.prepare(anew=True)
    ledger = world.replica(key=other)
    head = await signed(ledger)
    expected = await world.expected(ledger)
    assert len(await ledger.store.find(expected)) == len(expected) == 6
    (root,) = await hashes(ledger.store, [Span(0, head.size)])
    assert other.verifier.open(head.checkpoint).root == root


async def test_a_witness_that_cannot_be_written_keeps_anything_from_being_signed(world: World) -> None:
    async def full(name: str, call: Any) -> Any:
        if name == "keep":
            raise OSError("no space left on device")
        return await call()

    with pytest.raises(OSError, match="no space"):
        await append(world.replica(around=full))
    assert await LedgerStore(world.database, KEY.name).head() is None
    assert (await signed(world.replica())).size == LEAVES
