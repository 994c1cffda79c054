"""A log that grows from histories, under replicas that each have a witness folder."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.tips.ledger.domain.batches import LEAVES
from services.tips.ledger.domain.commitments import Statement
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.store import LedgerStore
from services.tips.ledger.usecases.appending import append
from services.tips.ledger.usecases.bench import Head, Ledger
from services.tips.ledger.witness import FileWitness
from shared.mongo import Database
from shared.outbox import Outbox
from tests.component.outbox.faults import Around, Faulty
from tests.component.outbox.probe import Counter, begin, step
from tests.component.outbox.relays import REPORTER
from tests.unit.tips.ledger import model

EVERY = timedelta(minutes=5)
KEY = SigningKey.fresh("ledger.test/growth")


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


async def signed(ledger: Ledger) -> Head:
    head = await append(ledger)
    assert head is not None
    return head
