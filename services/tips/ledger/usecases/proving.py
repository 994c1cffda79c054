"""What anybody may ask of the log: its head, tiles and proofs. Only what a checkpoint covers is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.tips.ledger.domain import merkle, tiles
from services.tips.ledger.domain.batches import LEAVES
from services.tips.ledger.domain.merkle import leaf_hash
from services.tips.ledger.domain.tiles import Tile
from services.tips.ledger.usecases.bench import Head, Ledger, hashes
from shared.errors import Fault, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`proof` shows the leaf at `index` in the tree of `head`; None while no checkpoint covers it."""

    leaf: bytes
    index: int | None
    proof: tuple[bytes, ...]


async def head(ledger: Ledger) -> Head:
    """Raises NotFound before the first checkpoint is signed."""
    found = await ledger.store.head()
    if found is None:
        raise NotFound("Nothing has been signed yet. Ask again in a few minutes.")
    return found


async def inclusions(ledger: Ledger, leaves: list[bytes]) -> tuple[Head | None, list[Inclusion]]:
    """The newest checkpoint, if there is one, where each leaf is in it, and the proof of it."""
    newest = await ledger.store.head()
    there: Mapping[bytes, int] = {} if newest is None else await ledger.store.find(leaves)
    found = []
    for leaf in leaves:
        index = there.get(leaf)
        if newest is None or index is None or index >= newest.size:
            found.append(Inclusion(leaf, None, ()))
        else:
            path = await hashes(ledger.store, merkle.inclusion(index, newest.size))
            found.append(Inclusion(leaf, index, tuple(path)))
    return newest, found


async def consistency(ledger: Ledger, old: int, new: int) -> list[bytes]:
    """That the tree of `new` leaves begins with that of `old`. Raises Invalid for sizes that the log does not
    have.
    """
    newest = await head(ledger)
    if not 0 < old <= new <= newest.size:
        fault = Fault("/from" if 0 < old > new else "/to", f"the log has {newest.size} leaves")
        raise Invalid("The log has no trees of these sizes.", (fault,), code="size_unknown")
    return await hashes(ledger.store, merkle.consistency(old, new))


async def tile(ledger: Ledger, name: str) -> bytes:
    """A tile of hashes or a bundle of entries, by its name. Raises NotFound."""
    wanted = tiles.parse(name)
    if wanted is None or wanted.span.end > (await head(ledger)).size:
        raise NotFound("There is no such tile.")
    if not wanted.level:
        return await _lowest(ledger, wanted)
    known = await ledger.store.hashes(wanted.nodes)
    return b"".join(known[node] for node in wanted.nodes)


async def _lowest(ledger: Ledger, wanted: Tile) -> bytes:
    """From the entries themselves: their hashes are not stored."""
    first, end = wanted.span
    batch, skipped = divmod(first, LEAVES)
    entries = await ledger.store.leaves(batch, -(-(end - batch * LEAVES) // LEAVES))
    entries = entries[skipped : skipped + wanted.width]
    return tiles.bundle(entries) if wanted.level is None else b"".join(map(leaf_hash, entries))
