"""Tiles have one name each, and hold what the specification says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tips.ledger.domain import tiles
from services.tips.ledger.domain.merkle import Node, Span
from services.tips.ledger.domain.tiles import Tile

TILES = st.builds(
    Tile,
    level=st.one_of(st.none(), st.integers(0, 63)),
    index=st.integers(0, 10**18 - 1),
    width=st.integers(1, 256),
)


def test_an_index_is_written_in_groups_of_three() -> None:
    assert tiles.path(Tile(0, 1234067)) == "0/x001/x234/067"
    assert tiles.path(Tile(1, 5, 17)) == "1/005.p/17"
    assert tiles.path(Tile(None, 1000)) == "entries/x001/000"


@given(TILES)
def test_a_tile_is_found_by_its_name(tile: Tile) -> None:
    assert tiles.parse(tiles.path(tile)) == tile


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "0/1",
        "0/0001",
        "0/x000/001",
        "00/001",
        "64/001",
        "-1/001",
        "0/001.p/0",
        "0/001.p/256",
        "0/001.p/08",
        "0/001.p/",
        "0/x01/001",
        "entries/001/002",
        "0/001/",
        "0/\u0661\u0661\u0661",
    ],
)
def test_what_is_no_name_or_a_second_spelling_is_no_tile(name: str) -> None:
    assert tiles.parse(name) is None


def test_a_tile_holds_the_nodes_of_its_level_and_stands_for_their_leaves() -> None:
    tile = Tile(1, 2, 3)
    assert tile.nodes == [Node(8, 512), Node(8, 513), Node(8, 514)]
    assert tile.span == Span(512 * 256, 515 * 256)
    assert Tile(None, 1, 2).span == Span(256, 258)


def test_a_bundle_says_each_entrys_length() -> None:
    assert tiles.bundle([b"ab", b"c" * 258]) == b"\x00\x02ab\x01\x02" + b"c" * 258
