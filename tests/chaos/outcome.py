"""What a fault is, and what became of playing it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.chaos.stage import Stage

Needs = Literal["one", "three", "linked", "small disk", "own"]


@dataclass(slots=True)
class Outcome:
    """`times`: how often it was injected; `recovered`: seconds until all was well again, one per injection or
    one in all; `held`: what was asserted and seen; `failures`: what did not hold. `not_run` says why this
    machine cannot do it, or cannot do that part: never counted as passed.
    """

    times: int = 0
    recovered: list[float] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    not_run: str | None = None

    def expect(self, so: bool, said: str) -> None:
        """`said` held, or it did not."""
        (self.held if so else self.failures).append(said)


@dataclass(frozen=True, slots=True)
class Fault:
    """`needs`: "one" plays on the stack that such faults share, and must leave it whole; "own" gets a fresh
    one that it may ruin; "three" a fresh one of three mongod members and three Kafka nodes; "linked" a fresh
    one whose services speak to both over links; "small disk" one with a file system of its own under MongoDB.
    `share`: its part of the seconds, relative to the others that are played.
    """

    name: str
    title: str
    play: Callable[["Stage"], Awaitable[Outcome]]
    needs: Needs
    share: float
