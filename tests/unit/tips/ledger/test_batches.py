"""The log grows by full batches whose leaves tell nothing, and every hash of the tree is found in one."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.tips.ledger.domain import batches, commitments, merkle
from services.tips.ledger.domain.batches import LEAVES, Batch
from services.tips.ledger.domain.commitments import Statement, commit
from services.tips.ledger.domain.merkle import Node, Span
from tests.unit.tips.ledger import model

SHUFFLED = random.Random(7)


def filler() -> bytes:
    return SHUFFLED.randbytes(commitments.BYTES)


def grown(count: int, at_once: int = 1) -> list[Batch]:
    known: dict[Node, bytes] = {}
    log: list[Batch] = []
    while len(log) < count:
        leaves = batches.arrange([], min(at_once, count - len(log)), filler, SHUFFLED.shuffle)
        log += batches.grow(len(log), leaves, known)
    return log


def held(log: list[Batch], node: Node) -> bytes:
    """A node as the store finds it: by its batch."""
    if node.level < batches.HEIGHT:
        shift = batches.HEIGHT - node.level
        batch = log[node.number >> shift]
        return batches.within(batch.leaves)[Node(node.level, node.number - (batch.number << shift))]
    number, place = batches.home(node)
    return log[number].completed[place]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(1, 5), st.data())
def test_every_root_and_proof_of_any_size_is_read_from_batches(
    count: int, at_once: int, data: st.DataObject
) -> None:
    log = grown(count, at_once)
    entries = [leaf for batch in log for leaf in batch.leaves]
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))

    def read(span: Span) -> bytes:
        return merkle.hash_of(span, {node: held(log, node) for node in merkle.nodes(span)})

    assert read(Span(0, size)) == model.root(entries[:size])
    assert list(map(read, merkle.inclusion(index, size))) == model.path(index, entries[:size])


@given(st.integers(0, batches.MOST + 5_000))
def test_a_checkpoint_grows_by_one_of_three_sizes_whatever_is_in_it(count: int) -> None:
    wanted = batches.wanted(count)
    assert wanted in batches.STEPS
    assert wanted * LEAVES >= min(count, batches.MOST)


@given(st.integers(0, LEAVES))
def test_real_leaves_are_all_there_among_random_ones_and_in_no_order(count: int) -> None:
    real = [number.to_bytes(commitments.BYTES, "big") for number in range(count)]
    (leaves,) = batches.arrange(real, 1, filler, SHUFFLED.shuffle)
    assert len(leaves) == LEAVES == len(set(leaves))
    assert set(real) <= set(leaves)


def test_the_place_of_a_leaf_is_drawn_anew_each_time() -> None:
    real = [bytes(commitments.BYTES)]
    places = {batches.arrange(real, 1, filler, SHUFFLED.shuffle)[0].index(real[0]) for _ in range(200)}
    assert len(places) > LEAVES // 2


def test_a_slot_begins_at_full_periods_of_the_clock() -> None:
    every = timedelta(minutes=5)
    at = datetime(2026, 3, 2, 8, 4, 59, 999_000, UTC)
    assert batches.slot(at + timedelta(milliseconds=1), every) == batches.slot(at, every) + 1
    assert batches.slot(at, every) == batches.slot(at - timedelta(minutes=4, seconds=59), every)


def test_a_commitment_can_be_made_by_hand_and_changes_with_every_part() -> None:
    at = datetime(2026, 3, 2, 8, 0, 0, 120_000, UTC)
    said = Statement("received", at, "ab" * 32)
    assert said.text == f"liengia/tip-history/v1\nreceived\n2026-03-02T08:00:00.120Z\n{'ab' * 32}\n"
    others = [
        Statement("resolved", at, said.chain),
        Statement("received", at + timedelta(milliseconds=1), said.chain),
        Statement("received", at, "ac" * 32),
    ]
    made = {commit(said, bytes(32)), commit(said, bytes(31) + b"\x01")} | {
        commit(other, bytes(32)) for other in others
    }
    assert len(made) == 5
    assert {len(one) for one in made} == {commitments.BYTES}
