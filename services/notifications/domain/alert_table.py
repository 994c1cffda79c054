"""The state table of an alert, as data (CAP 1.2: `Alert → Update* → Cancel`). What is not in it is
refused.

Every message is drafted by one person and approved by another; `waiting` is the kind of the draft that waits.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import IllegalTransition


class AlertState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class MessageKind(StrEnum):
    """CAP `msgType`, in lower case."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Call(StrEnum):
    """The calls, spelled as the last segment of their path."""

    approve = "approve"
    update = "update"
    cancel = "cancel"
    withdraw = "withdraw"


@dataclass(frozen=True, slots=True)
class Transition:
    """From (state, waiting) to (to, then_waiting), with the event it emits, if any."""

    call: Call
    state: AlertState
    waiting: MessageKind | None
    to: AlertState
    then_waiting: MessageKind | None
    event: str | None


_S, _K = AlertState, MessageKind
FIRST = (AlertState.DRAFT, MessageKind.ALERT)
"""(none) → this, by `POST /alerts`."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Call.approve, _S.DRAFT, _K.ALERT, _S.ISSUED, None, "alert.issued"),
    Transition(Call.withdraw, _S.DRAFT, _K.ALERT, _S.WITHDRAWN, None, None),
    Transition(Call.update, _S.ISSUED, None, _S.ISSUED, _K.UPDATE, None),
    Transition(Call.cancel, _S.ISSUED, None, _S.ISSUED, _K.CANCEL, None),
    Transition(Call.approve, _S.ISSUED, _K.UPDATE, _S.ISSUED, None, "alert.updated"),
    Transition(Call.approve, _S.ISSUED, _K.CANCEL, _S.CANCELLED, None, "alert.cancelled"),
    Transition(Call.withdraw, _S.ISSUED, _K.UPDATE, _S.ISSUED, None, None),
    Transition(Call.withdraw, _S.ISSUED, _K.CANCEL, _S.ISSUED, None, None),
)


def lawful_actions(state: AlertState, waiting: MessageKind | None) -> tuple[str, ...]:
    """The calls that may be made now, as the path segments of the contract, in table order."""
    return tuple(row.call.value for row in TRANSITIONS if (row.state, row.waiting) == (state, waiting))


def enter(call: Call, state: AlertState, waiting: MessageKind | None) -> Transition:
    """The row that `call` takes. Raises `IllegalTransition` naming what is lawful instead."""
    for row in TRANSITIONS:
        if (row.call, row.state, row.waiting) == (call, state, waiting):
            return row
    now = state.value if waiting is None else f"{state.value} with a drafted {waiting.value}"
    lawful = ", ".join(lawful_actions(state, waiting)) or "nothing"
    raise IllegalTransition(f"an alert that is {now} does not allow {call.value}; lawful now: {lawful}")
