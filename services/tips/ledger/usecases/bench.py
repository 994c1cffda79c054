"""What every use case of the ledger works with, handed in by the composition root."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.tips.ledger.domain.batches import Batch
from services.tips.ledger.domain.commitments import Statement, commit
from services.tips.ledger.domain.merkle import Node, Span, hash_of, nodes
from services.tips.ledger.domain.notes import Checkpoint
from services.tips.ledger.keys import SigningKey
from shared.clock import Clock
from shared.identifiers import keyed
from shared.outbox.history import HistoryStore


@dataclass(frozen=True, slots=True)
class Head:
    """The newest signed checkpoint."""

    size: int
    checkpoint: str
    signed_at: datetime


class LogStore(Protocol):
    """One log: its batches, which never change, and its head. Every method raises Unavailable."""

    async def head(self) -> Head | None: ...

    async def advance(self, before: Head | None, after: Head) -> bool:
        """False, and nothing changed, when the head is no longer `before`."""
        ...

    async def add(self, batches: Sequence[Batch]) -> bool:
        """In order. False as soon as a number is taken: somebody else is at it."""
        ...

    async def begun(self, first: int) -> Sequence[Batch]:
        """The batches from number `first` on, without a gap."""
        ...

    async def leaves(self, first: int, count: int) -> Sequence[bytes]:
        """The leaves of so many batches from number `first` on. Raises NotFound."""
        ...

    async def find(self, leaves: Collection[bytes]) -> Mapping[bytes, int]:
        """The index of each of `leaves` that is in a batch, signed or not."""
        ...

    async def hashes(self, wanted: Collection[Node]) -> Mapping[Node, bytes]:
        """Raises NotFound when one of them is of no batch."""
        ...


class Witness(Protocol):
    """What was signed, remembered where a restored database does not reach. Raises OSError."""

    async def latest(self) -> Checkpoint | None: ...

    async def keep(self, checkpoint: str) -> None:
        """Remember this signed checkpoint, unless a larger one is remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Ledger:
    """`secret` is what salts derive from; a checkpoint is signed in every slot of the length `every`."""

    key: SigningKey
    store: LogStore
    history: HistoryStore
    witness: Witness
    secret: bytes
    clock: Clock
    every: timedelta

    @property
    def promised(self) -> timedelta:
        """The maximum merge delay: by then what was accepted stands in a signed checkpoint."""
        return 2 * self.every

    def salt(self, tip_id: str, number: int) -> bytes:
        """Derived, so that accepting a tip writes nothing more, and that it outlives what is erased."""
        return keyed(self.secret, "ledger", f"{tip_id}\0{number}".encode())

    def leaf(self, tip_id: str, number: int, said: Statement) -> bytes:
        return commit(said, self.salt(tip_id, number))


async def hashes(store: LogStore, spans: Sequence[Span]) -> list[bytes]:
    """The hash of each span. Raises NotFound when the log does not reach so far."""
    known = await store.hashes({node for span in spans for node in nodes(span)})
    return [hash_of(span, known) for span in spans]
