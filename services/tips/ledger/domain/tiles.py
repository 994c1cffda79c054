"""Tiles: hashes of the tree in pieces of 256, under names that never mean anything else (C2SP tlog-tiles).

`0/x001/x234/067.p/8` is the first 8 hashes of tile 1234067 of level 0. A tile of level L holds the nodes of
tree level 8 L; a bundle of entries has the word `entries` where a tile has its level.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.tips.ledger.domain.merkle import Node, Span

HEIGHT = 8
WIDTH = 1 << HEIGHT
_MOST_LEVELS = 64
_ENTRY_BYTES = 2
_NAME = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """`level` is None for a bundle of entries; `width` is 1 to 256 hashes."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def nodes(self) -> list[Node]:
        first = self.index * WIDTH
        return [Node(HEIGHT * (self.level or 0), first + place) for place in range(self.width)]

    @property
    def span(self) -> Span:
        """The leaves that it stands for."""
        each = WIDTH ** (self.level or 0)
        first = self.index * WIDTH
        return Span(first * each, (first + self.width) * each)


def parse(name: str) -> Tile | None:
    """The tile that is named so; None for what is no name, or a second spelling of one."""
    if (found := _NAME.fullmatch(name)) is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    width = WIDTH if found["width"] is None else int(found["width"])
    tile = Tile(level, int(re.sub(r"[x/]", "", found["index"])), width)
    lawful = (level or 0) < _MOST_LEVELS and (found["width"] is None or width < WIDTH)
    return tile if lawful and path(tile) == name else None


def path(tile: Tile) -> str:
    groups = [f"{tile.index % 1000:03}"]
    rest = tile.index // 1000
    while rest:
        groups.insert(0, f"x{rest % 1000:03}")
        rest //= 1000
    partial = "" if tile.width == WIDTH else f".p/{tile.width}"
    return f"{'entries' if tile.level is None else tile.level}/{'/'.join(groups)}{partial}"


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle holds them: each after its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(_ENTRY_BYTES, "big") + entry for entry in entries)
