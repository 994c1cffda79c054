"""The log grows: in each time slot what the case histories have anew is appended and signed, once.

No lease is needed for this to be safe, only for it to be done once: a batch's number is taken by one writer,
a head is exchanged only for the one that it was made from, and the same tree is signed in the same bytes.
A crash leaves batches that no checkpoint covers; whoever comes next signs over those very batches.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.tips.ledger.domain import batches, commitments
from services.tips.ledger.domain.batches import LEAVES, Batch
from services.tips.ledger.domain.commitments import Statement
from services.tips.ledger.domain.merkle import Node, Span
from services.tips.ledger.domain.notes import Checkpoint, Malformed
from services.tips.ledger.usecases.bench import Head, Ledger, hashes
from shared import metrics
from shared.clock import to_milliseconds
from shared.errors import Conflict, NotFound

_SERVICE = "tips"
_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of a case history that was not taken up yet, as a leaf."""

    tip_id: str
    number: int
    at: datetime
    leaf: bytes


async def append(ledger: Ledger) -> Head | None:
    """Append and sign what this time slot is due, unless that is done or somebody else is doing it. Returns
    the head as it now is.

    Raises Conflict `ledger_set_back` rather than sign what does not extend everything signed before;
    Unavailable.
    """
    now = to_milliseconds(ledger.clock.now())
    head = await examine(ledger)
    if head is not None and batches.slot(now, ledger.every) <= batches.slot(head.signed_at, ledger.every):
        return head
    first = 0 if head is None else head.size // LEAVES
    begun = await ledger.store.begun(first)
    waiting = await _waiting(ledger)
    there = await ledger.store.find([one.leaf for one in waiting])
    fresh = [one for one in waiting if one.leaf not in there]
    added = _filled(len(begun), fresh)
    if not await ledger.store.add(await _grown(ledger, first + len(begun), added)):
        return head
    size = (first + len(begun) + len(added)) * LEAVES
    (root,) = await hashes(ledger.store, [Span(0, size)])
    signed = Head(size, ledger.key.sign(size, root), now)
    # Remembered before anybody can have seen it: what was shown once is never forgotten.
    await ledger.witness.keep(signed.checkpoint)
    if not await ledger.store.advance(head, signed):
        return head
    await _settle(ledger, waiting, there.keys() | {leaf for batch in added for leaf in batch}, now)
    return signed


async def examine(ledger: Ledger) -> Head | None:
    """The head, once it is known to extend everything that this replica has seen signed; it is remembered.

    Raises Conflict `ledger_set_back`: the database is older than what was signed, or another.
    """
    head = await ledger.store.head()
    try:
        kept = await ledger.witness.latest()
        told = None if head is None else ledger.key.verifier.open(head.checkpoint)
    except Malformed:
        raise _set_back() from None
    if kept is not None:
        await _must_hold(ledger, kept)
    if head is not None and told is not None and (kept is None or told.size > kept.size):
        await _must_hold(ledger, told)
        await ledger.witness.keep(head.checkpoint)
    return head


async def _must_hold(ledger: Ledger, signed: Checkpoint) -> None:
    """The batches may reach further than the head: then they were signed, and the crash came before it."""
    try:
        (found,) = await hashes(ledger.store, [Span(0, signed.size)])
    except NotFound:
        raise _set_back() from None
    if found != signed.root:
        raise _set_back()


def _set_back() -> Conflict:
    return Conflict("The log in the database does not hold what was already signed.", code="ledger_set_back")


async def _waiting(ledger: Ledger) -> list[Waiting]:
    """At most what one checkpoint takes, oldest first."""
    histories = await ledger.history.unlogged(batches.MOST)
    entries = [(one.id, entry) for one in histories for entry in one.entries]

    def leaves() -> list[Waiting]:
        return [
            Waiting(id, entry["number"], entry["time"], ledger.leaf(id, entry["number"], said))
            for id, entry in entries[: batches.MOST]
            for said in [Statement(entry["what"], entry["time"], entry["hash"])]
        ]

    # Thousands after an outage: in a thread, they do not keep callers waiting.
    return await asyncio.to_thread(leaves)


def _filled(begun: int, fresh: Sequence[Waiting]) -> list[tuple[bytes, ...]]:
    """The leaves of the batches to add. Batches that a crash left are only filled up to their step."""
    count = batches.wanted(begun * LEAVES or len(fresh)) - begun
    real = [one.leaf for one in fresh[: count * LEAVES]]
    return batches.arrange(real, count, lambda: secrets.token_bytes(commitments.BYTES), _RANDOM.shuffle)


async def _grown(ledger: Ledger, first: int, added: Sequence[tuple[bytes, ...]]) -> list[Batch]:
    """Siblings among the batches to add are made on the way; the others are in the log."""
    wanted = {
        node
        for number in range(first, first + len(added))
        for node in batches.siblings(number)
        if batches.home(node)[0] < first
    }
    known: dict[Node, bytes] = dict(await ledger.store.hashes(wanted))
    return await asyncio.to_thread(batches.grow, first, added, known)


async def _settle(ledger: Ledger, waiting: Sequence[Waiting], there: set[bytes], now: datetime) -> None:
    """Tell the histories what the log has, up to the first entry of each that it has not."""
    upto: dict[str, int] = {}
    stopped: set[str] = set()
    for one in waiting:
        if one.leaf not in there:
            stopped.add(one.tip_id)
        elif one.tip_id not in stopped:
            upto[one.tip_id] = one.number
            metrics.LEDGER_DELAY.labels(_SERVICE).observe(max(0.0, (now - one.at).total_seconds()))
    await ledger.history.logged(upto)
