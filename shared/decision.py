"""What a domain decision returns: new state, what happened, when a clock next fires. Standard library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

State = TypeVar("State", covariant=True)


@dataclass(frozen=True, slots=True)
class Happened:
    """A domain event before it is worded. `name` is as in the state tables (`tip.classified`).

    `facts` hold nothing personal.
    """

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry of the case history. `payload` is erasable (its salted hash stays in the chain).

    It never leaves the service.
    """

    what: str
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """The outcome of `decide(state, now)`.

    `happened` becomes the aggregate's next events, in order; `noted` its next timeline entries;
    `next_due` the earliest moment at which one of its clocks fires, or None.
    """

    state: State
    happened: tuple[Happened, ...] = ()
    noted: tuple[Noted, ...] = ()
    next_due: datetime | None = None
