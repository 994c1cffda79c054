"""A state table as data: which call is lawful in which state, where it leads, and what it may tell. Standard
library.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shared.errors import IllegalTransition

C = TypeVar("C", bound=StrEnum)
S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[C, S]):
    """`to` None: the state stays, or a condition of the row decides. `events` are those the call may emit."""

    call: C
    sources: frozenset[S]
    to: S | None
    events: tuple[str, ...] = ()


class StateTable(Generic[C, S]):
    """`thing` names it in refusals (`a tip`); `unlisted` calls are lawful and not among the actions shown.

    A call's value is its path segment in the contract, up to a colon that tells outcomes of one call apart.
    """

    def __init__(
        self, thing: str, rows: Sequence[Transition[C, S]], unlisted: Collection[C] = frozenset()
    ) -> None:
        self.rows = tuple(rows)
        self._thing, self._unlisted = thing, unlisted
        self._by_call = {row.call: row for row in rows}

    def lawful_actions(self, state: S) -> tuple[str, ...]:
        """The listed calls that may be made in `state`, as path segments, in table order."""
        found = (row.call for row in self.rows if state in row.sources)
        return tuple(dict.fromkeys(_segment(call) for call in found if call not in self._unlisted))

    def enter(self, call: C, state: S) -> S:
        """The state that `call` leads to. Raises `IllegalTransition` naming what is lawful instead."""
        row = self._by_call[call]
        if state not in row.sources:
            raise self.refusal(call, state)
        return row.to or state

    def refusal(self, call: C, state: S, because: str = "") -> IllegalTransition:
        """The refusal of `call` in `state`; `because` tells a condition of the row that does not hold."""
        why = because or f"{self._thing} that is {state.value} does not allow {_segment(call)}"
        actions = self.lawful_actions(state)
        lawful = [action for action in actions if not because or action != _segment(call)]
        return IllegalTransition(f"{why}; lawful now: {', '.join(lawful) or 'nothing'}")


def _segment(call: StrEnum) -> str:
    return call.value.partition(":")[0]
