"""How much is measured, and how progress is told."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """`rounds` interleaved rounds of `seconds` each; `count` events where a number is measured. `say` tells
    progress. A round that would not end before `until` (on the monotonic clock) is left out, but for the
    first. `short`: a look, not a measurement.
    """

    rounds: int
    seconds: float
    count: int
    say: Callable[[str], None]
    until: float = math.inf
    short: bool = False

    def turns(self) -> Iterator[int]:
        """The numbers of the rounds, from 0; at least one."""
        longest = 0.0
        for number in range(self.rounds):
            began = time.monotonic()
            if number and began + longest > self.until:
                self.say("no more rounds: the time is needed for the rest")
                return
            yield number
            longest = max(longest, time.monotonic() - began)

    def share(self, parts: int) -> "Effort":
        """The first of so many equal parts of the time that is left."""
        now = time.monotonic()
        return replace(self, until=now + (self.until - now) / parts)

    def lasting(self, seconds: float) -> "Effort":
        """The same, to be over in so many seconds."""
        return replace(self, until=time.monotonic() + seconds)


def quick(say: Callable[[str], None]) -> Effort:
    return Effort(rounds=2, seconds=1.5, count=2_000, say=say, short=True)


def full(say: Callable[[str], None]) -> Effort:
    return Effort(rounds=3, seconds=2.0, count=6_000, say=say)


def in_turn(contenders: Sequence[T], number: int) -> list[T]:
    """All of them, another one first in every round."""
    first = number % len(contenders)
    return [*contenders[first:], *contenders[:first]]


@dataclass(slots=True)
class Progress:
    """Lines with the seconds since the start."""

    began: float = field(default_factory=time.monotonic)
    section: str = ""

    def say(self, text: str) -> None:
        print(f"[{self.elapsed():5.0f} s] {self.section:3} {text}", flush=True)

    def elapsed(self) -> float:
        return time.monotonic() - self.began
