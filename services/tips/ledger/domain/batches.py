"""How the log grows: by batches of 64 leaves, at fixed times, filled up with random ones.

At every time so many batches are appended as a step holds (1, 16 or 256), however few leaves are real: sizes
and times then tell no more than whether a place is in its everyday, in a flood, or in the greatest of floods.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.tips.ledger.domain.merkle import Node, leaf_hash, node_hash

HEIGHT = 6
LEAVES = 1 << HEIGHT
STEPS = (1, 16, 256)
MOST = STEPS[-1] * LEAVES
"""Real leaves that one checkpoint takes at most; more wait for the next."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Batch:
    """Leaves `[number * 64, (number + 1) * 64)`. `completed` are the hashes of the perfect trees that end
    with it, from its own (level 6) upwards: so every hash of a tree is found in one batch.
    """

    number: int
    leaves: tuple[bytes, ...]
    completed: tuple[bytes, ...]


def slot(at: datetime, every: timedelta) -> int:
    """The number of the time slot: one checkpoint is signed in each."""
    return (at - _EPOCH) // every


def wanted(count: int) -> int:
    """Batches to append for `count` leaves: the smallest step that holds them."""
    return next((step for step in STEPS if step * LEAVES >= count), STEPS[-1])


def arrange(
    real: Sequence[bytes],
    batches: int,
    filler: Callable[[], bytes],
    shuffle: Callable[[list[bytes]], None],
) -> list[tuple[bytes, ...]]:
    """`real` among fillers, in an order that tells nothing, in so many batches."""
    leaves = [*real, *(filler() for _ in range(batches * LEAVES - len(real)))]
    shuffle(leaves)
    return [tuple(leaves[first : first + LEAVES]) for first in range(0, len(leaves), LEAVES)]


def siblings(number: int) -> list[Node]:
    """The perfect trees to the left that batch `number` completes with its own, from level 6 upwards."""
    found, level = [], HEIGHT
    while number & 1:
        found.append(Node(level, number - 1))
        number, level = number >> 1, level + 1
    return found


def grow(first: int, batches: Sequence[tuple[bytes, ...]], known: MutableMapping[Node, bytes]) -> list[Batch]:
    """The batches from number `first` on. `known` holds the siblings of those, and learns what is made."""
    grown = []
    for number, leaves in enumerate(batches, first):
        completed = [within(leaves)[Node(HEIGHT, 0)]]
        for sibling in siblings(number):
            completed.append(node_hash(known[sibling], completed[-1]))
        known.update(upwards(number, completed))
        grown.append(Batch(number, leaves, tuple(completed)))
    return grown


def upwards(number: int, completed: Sequence[bytes]) -> Mapping[Node, bytes]:
    """The nodes whose hashes a batch completes."""
    return {Node(HEIGHT + up, number >> up): value for up, value in enumerate(completed)}


def home(node: Node) -> tuple[int, int]:
    """The batch that holds a node of level 6 or higher, and the place in its `completed`."""
    up = node.level - HEIGHT
    return ((node.number + 1) << up) - 1, up


def within(leaves: Sequence[bytes]) -> Mapping[Node, bytes]:
    """The hashes of a batch's own tree; nodes are counted from its first leaf."""
    row = [leaf_hash(leaf) for leaf in leaves]
    found = {Node(0, index): value for index, value in enumerate(row)}
    for level in range(1, HEIGHT + 1):
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
        found |= {Node(level, index): value for index, value in enumerate(row)}
    return found
