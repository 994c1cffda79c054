"""The Merkle tree of RFC 6962, section 2.1, and how its proofs are checked (RFC 9162, section 2.1).

A proof is a list of hashes over *spans* of leaves. Which spans is told here without reading anything; a span
is read as the hashes of the perfect trees that it is made of, its `nodes`.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Proof = Sequence[bytes]


class Node(NamedTuple):
    """The root of the perfect tree over the leaves `[number * 2**level, (number + 1) * 2**level)`."""

    level: int
    number: int


class Span(NamedTuple):
    """The leaves `[first, end)`."""

    first: int
    end: int


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes(span: Span) -> list[Node]:
    """The largest perfect trees that together are `span`, from left to right."""
    found = []
    first, end = span
    while first < end:
        level = (end - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        found.append(Node(level, first >> level))
        first += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a span from those of its nodes."""
    if not hashes:
        return EMPTY
    *others, folded = hashes
    for left in reversed(others):
        folded = node_hash(left, folded)
    return folded


def hash_of(span: Span, known: Mapping[Node, bytes]) -> bytes:
    """`known` holds at least the nodes of `span`."""
    return fold([known[node] for node in nodes(span)])


def inclusion(index: int, size: int) -> list[Span]:
    """The audit path of leaf `index` in a tree of `size` leaves, lowest first (RFC 6962, section 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf in a tree of this size")
    path = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _half(end - first)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(first, middle))
            first = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """What shows that a tree of `new` leaves begins with the one of `old` (RFC 6962, section 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError("a tree is consistent with one of at most its size, which has a leaf")
    path = []
    first, end = 0, new
    while old < end:
        middle = first + _half(end - first)
        if old <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(first, middle))
            first = middle
    # The old tree itself is known to whoever checks; a part of it is not.
    return ([Span(first, end)] if first else []) + path[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Proof, root: bytes) -> bool:
    """Whether `proof` shows leaf hash `leaf` at `index` (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, root)


def extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: Proof) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with that of `old` (RFC 9162, section
    2.1.4.2). Every tree begins with the empty one, and with itself, by an empty proof.
    """
    if old == 0 or old == new:
        same = old_root == (EMPTY if old == 0 else new_root)
        return same and not proof
    if not 0 < old < new or not proof:
        return False
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hmac.compare_digest(was, old_root) and hmac.compare_digest(now, new_root)


def _half(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
