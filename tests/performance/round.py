"""How much is measured, and how progress is told."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """`rounds` interleaved rounds of `seconds` each; `count` events where a number is measured. `say` tells
    progress. After `until` (on the monotonic clock) one round has to do.
    """

    rounds: int
    seconds: float
    count: int
    say: Callable[[str], None]
    until: float = math.inf

    def turns(self) -> Iterator[int]:
        """The numbers of the rounds, from 0; at least one."""
        for number in range(self.rounds):
            if number and time.monotonic() > self.until:
                self.say("no more rounds: the time is needed for the rest")
                return
            yield number


def quick(say: Callable[[str], None], until: float) -> Effort:
    return Effort(rounds=2, seconds=1.5, count=2_000, say=say, until=until)


def full(say: Callable[[str], None], until: float) -> Effort:
    return Effort(rounds=3, seconds=2.0, count=6_000, say=say, until=until)


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
