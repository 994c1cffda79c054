"""Histories for a log outside: which entries it does not have yet, told by a mark in the aggregate itself.

`unlogged_since` is set by the very write that makes an entry, so that none is missed however late its write
arrives; `logged` is the number of entries that the log has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Unlogged:
    """An aggregate with history that a log has not taken up. `entries` are those: documents {number, time,
    what, hash}, in order."""

    id: str
    entries: Sequence[Mapping[str, Any]]


class HistoryStore(Protocol):
    """The histories of one collection of aggregates, as a log outside takes them up: every entry, whenever it
    was written. Nothing here touches `version`. Every method raises Unavailable when the database is away."""

    async def prepare(self, *, anew: bool = False) -> None:
        """Makes the index, and hands over histories from before there was a log; with `anew` all of them."""

    async def unlogged(self, limit: int) -> Sequence[Unlogged]:
        """At most `limit` aggregates with entries that were not taken up, oldest first."""

    async def logged(self, upto: Mapping[str, int]) -> None:
        """The log has the entries of each aggregate up to and including this number."""

    async def oldest(self) -> datetime | None:
        """Since when the oldest entry that was not taken up waits."""
