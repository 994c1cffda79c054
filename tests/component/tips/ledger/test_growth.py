"""The log never forks, forgets or repeats, whoever dies when, and does not go on from an old database."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.tips.ledger.domain.batches import LEAVES, Batch
from services.tips.ledger.domain.commitments import Statement
from services.tips.ledger.domain.merkle import Span
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.store import LedgerStore
from services.tips.ledger.usecases.appending import append, examine
from services.tips.ledger.usecases.bench import Head, Ledger, hashes
from services.tips.ledger.witness import FileWitness
from shared.errors import Conflict, Unavailable
from shared.mongo import Database, connect
from shared.outbox import Outbox
from tests.component.outbox.faults import Around, Crash, Faulty
from tests.component.outbox.probe import Counter, begin, counters, step
from tests.component.outbox.relays import REPORTER
from tests.support.stack import FreshDatabase
from tests.unit.tips.ledger import model

EVERY = timedelta(minutes=5)
KEY = SigningKey.fresh("ledger.test/growth")
STEPS = ("head", "latest", "begun", "unlogged", "find", "hashes", "add", "keep", "advance", "logged")


@dataclass
class Watch:
    time: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC))

    def now(self) -> datetime:
        return self.time


@dataclass
class World:
    """One database with histories and a log, and replicas that each have a witness folder."""

    database: Database
    outbox: Outbox[Counter]
    folder: Path
    watch: Watch
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def replica(self, name: str = "a", key: SigningKey = KEY, around: Around | None = None) -> Ledger:
        witness: Any = FileWitness(self.folder / name, key.verifier)
        store: Any = LedgerStore(self.database, key.name)
        history: Any = self.outbox.history
        if around is not None:
            witness, store, history = (Faulty(part, around) for part in (witness, store, history))
        return Ledger(key, store, history, witness, b"secret", self.watch, EVERY)

    async def write(self, count: int) -> None:
        """So many aggregates more, with two entries each."""
        for _ in range(count):
            id = f"c{next(self.numbers)}"
            await self.outbox.create(id, begin(), REPORTER)
            await self.outbox.update(id, step, REPORTER)

    def next_slot(self) -> None:
        self.watch.time += EVERY

    async def expected(self, ledger: Ledger) -> list[bytes]:
        """The leaf of every entry of every history."""
        ids = [document["_id"] async for document in self.database["counters"].find({}, {"_id": 1})]
        return [
            ledger.leaf(id, entry.number, Statement(entry.what, entry.time, entry.hash))
            for id in ids
            for entry in (await self.outbox.get(id)).timeline
        ]

    async def must_hold(self, heads: Sequence[Head]) -> None:
        """Every entry is in the log once, and every checkpoint ever signed is a beginning of it."""
        ledger = self.replica("reader")
        last = heads[-1]
        entries = list(await ledger.store.leaves(0, last.size // LEAVES))
        assert len(set(entries)) == len(entries)
        assert set(await self.expected(ledger)) <= set(entries)
        for head in heads:
            signed = KEY.verifier.open(head.checkpoint)
            assert (signed.size, signed.root) == (head.size, model.root(entries[: head.size]))
        assert await self.outbox.history.oldest() is None


@pytest.fixture
async def world(fresh_database: FreshDatabase, tmp_path: Path) -> Any:
    database = connect(fresh_database.url, fresh_database.name)
    watch = Watch()
    outbox = counters(database, watch)
    await outbox.prepare()
    await outbox.history.prepare()
    await LedgerStore(database, KEY.name).prepare()
    await outbox.open()
    yield World(database, outbox, tmp_path, watch)
    await outbox.close()
    database.client.close()


async def signed(ledger: Ledger) -> Head:
    head = await append(ledger)
    assert head is not None
    return head


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


async def snapshot(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = ("ledger_heads", "ledger_batches")
    return {name: await database[name].find({}).to_list(None) for name in names}


async def restore(database: Database, kept: dict[str, list[dict[str, Any]]]) -> None:
    for name, documents in kept.items():
        await database[name].delete_many({})
        if documents:
            await database[name].insert_many(documents)


@pytest.mark.parametrize("witness", ["a", "b"], ids=["its signer", "a replica that only watched"])
async def test_an_old_backup_is_noticed_and_nothing_more_is_signed_over_it(
    world: World, witness: str
) -> None:
    await signed(world.replica("a"))
    backup = await snapshot(world.database)
    await world.write(2)
    for _ in range(2):
        world.next_slot()
        await signed(world.replica("a"))
        await examine(world.replica("b"))
    await restore(world.database, backup)
    world.next_slot()
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            await append(world.replica(witness))
        assert refused.value.code == "ledger_set_back"
    assert await snapshot(world.database) == backup


async def test_an_empty_database_under_a_name_that_has_signed_is_refused(world: World) -> None:
    await signed(world.replica())
    await restore(world.database, {"ledger_heads": [], "ledger_batches": []})
    with pytest.raises(Conflict, match="already signed"):
        await append(world.replica())


@pytest.mark.parametrize("change", ["another tree", "another's signature"])
async def test_a_log_that_somebody_changed_is_refused(world: World, change: str) -> None:
    await signed(world.replica())
    world.next_slot()
    head = await signed(world.replica())
    if change == "another tree":
        await world.database["ledger_batches"].update_one(
            {"_id.n": 1}, {"$set": {"completed": [bytes(32), bytes(32)]}}
        )
    else:
        forged = SigningKey.fresh(KEY.name).sign(head.size, bytes(32))
        await world.database["ledger_heads"].update_one({"_id": KEY.name}, {"$set": {"checkpoint": forged}})
    world.next_slot()
    with pytest.raises(Conflict):
        await append(world.replica("b" if change == "another's signature" else "a"))


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
