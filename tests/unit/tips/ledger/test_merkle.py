"""Trees and proofs are those of RFC 6962: by its well-known vectors, and against a slow model of its text."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.tips.ledger.domain import merkle
from services.tips.ledger.domain.merkle import Node, Span
from tests.unit.tips.ledger import model

# The eight entries and the roots by which implementations of Certificate Transparency check themselves.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 200)


def known(entries: list[bytes]) -> Mapping[Node, bytes]:
    """Every perfect tree over `entries`."""
    row = [merkle.leaf_hash(entry) for entry in entries]
    found: dict[Node, bytes] = {}
    level = 0
    while row:
        found |= {Node(level, index): value for index, value in enumerate(row)}
        row = [merkle.node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        level += 1
    return found


def some(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def read(spans: list[Span], entries: list[bytes]) -> list[bytes]:
    return [merkle.hash_of(span, known(entries)) for span in spans]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_well_known_vectors(size: int) -> None:
    assert merkle.hash_of(Span(0, size), known(ENTRIES[:size])).hex() == ROOTS[size]


@given(SIZES, st.data())
def test_an_audit_path_is_the_one_of_the_rfc_and_shows_only_its_leaf(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = some(size)
    root = model.root(entries)
    proof = read(merkle.inclusion(index, size), entries)
    assert proof == model.path(index, entries)
    assert merkle.includes(merkle.leaf_hash(entries[index]), index, size, proof, root)
    assert not merkle.includes(merkle.leaf_hash(b"another"), index, size, proof, root)
    other = data.draw(st.integers(-1, size + 1).filter(lambda place: place != index))
    assert not merkle.includes(merkle.leaf_hash(entries[index]), other, size, proof, root)


@given(SIZES, st.data())
def test_a_consistency_proof_is_the_one_of_the_rfc(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    entries = some(new)
    proof = read(merkle.consistency(old, new), entries)
    assert proof == model.proof(old, entries)
    assert merkle.extends(old, model.root(entries[:old]), new, model.root(entries), proof)


@given(SIZES, st.data())
def test_no_proof_survives_a_bent_hash_a_missing_one_or_one_too_many(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    entries = some(size)
    root, leaf = model.root(entries), merkle.leaf_hash(entries[index])
    audit, growth = model.path(index, entries), model.proof(old, entries)
    assert merkle.includes(leaf, index, size, audit, root)
    for bent in spoiled(audit, data):
        assert not merkle.includes(leaf, index, size, bent, root)
    assert merkle.extends(old, model.root(entries[:old]), size, root, growth)
    for bent in spoiled(growth, data):
        assert not merkle.extends(old, model.root(entries[:old]), size, root, bent)


def spoiled(proof: list[bytes], data: st.DataObject) -> Iterator[list[bytes]]:
    yield [*proof, bytes(32)]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        yield [*proof[:at], bytes([proof[at][0] ^ 1, *proof[at][1:]]), *proof[at + 1 :]]
        yield [*proof[:at], *proof[at + 1 :]]


@given(SIZES, st.integers(0, 199))
def test_a_tree_with_a_changed_entry_extends_nothing_that_held_it(new: int, place: int) -> None:
    old = max(1, new // 2)
    place %= old
    entries = some(new)
    forged = [*entries[:place], b"forged", *entries[place + 1 :]]
    proof = model.proof(old, forged)
    assert not merkle.extends(old, model.root(entries[:old]), new, model.root(forged), proof)


def test_every_tree_extends_the_empty_one_and_none_a_larger_one() -> None:
    root = model.root(some(3))
    assert merkle.extends(0, merkle.EMPTY, 3, root, [])
    assert not merkle.extends(0, root, 3, root, [])
    assert not merkle.extends(4, root, 3, root, [root])
    assert not merkle.extends(2, root, 3, root, [])


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_nodes_cover_their_span_once_and_in_order(one: int, other: int) -> None:
    span = Span(min(one, other), max(one, other))
    place = span.first
    for node in merkle.nodes(span):
        assert node.number << node.level == place
        place += 1 << node.level
    assert place == span.end


def test_there_is_no_path_to_a_leaf_that_is_not_there() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion(index, size)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="consistent"):
            merkle.consistency(old, new)


class GrowingLog(RuleBasedStateMachine):
    """Somebody keeps heads and proofs of a log that grows: each of them holds for ever after."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[bytes] = []
        self.heads: list[tuple[int, bytes]] = []
        self.receipts: list[tuple[int, bytes]] = []

    @rule(count=st.integers(1, 20))
    def append(self, count: int) -> None:
        self.entries += [f"{len(self.entries) + n}".encode() for n in range(count)]

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def keep(self, data: Any) -> None:
        size = len(self.entries)
        self.heads.append((size, self.root(size)))
        index = data.draw(st.integers(0, size - 1))
        self.receipts.append((index, merkle.leaf_hash(self.entries[index])))

    def root(self, size: int) -> bytes:
        return merkle.hash_of(Span(0, size), known(self.entries))

    @invariant()
    def every_kept_head_and_receipt_still_holds(self) -> None:
        new = len(self.entries)
        for old, root in self.heads:
            proof = read(merkle.consistency(old, new), self.entries)
            assert merkle.extends(old, root, new, self.root(new), proof)
        for index, leaf in self.receipts:
            proof = read(merkle.inclusion(index, new), self.entries)
            assert merkle.includes(leaf, index, new, proof, self.root(new))


TestGrowingLog = GrowingLog.TestCase
TestGrowingLog.settings = settings(max_examples=30, stateful_step_count=12, deadline=None)
