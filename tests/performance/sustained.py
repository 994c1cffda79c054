"""P1, sustained: from the first report until every consumer has stored the last, with all of them running."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.performance.bed import Bed, Contender, bed, drive
from tests.performance.client import Plan
from tests.performance.figures import Row, ratios, spread
from tests.performance.round import Effort, in_turn

CONSUMERS = ("mediation", "notifications", "analytics")
AIM = 1.0
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Side:
    """A door and everything behind it: `groups` are its consumers, `pids` all its processes."""

    door: Contender
    groups: tuple[str, ...]
    pids: dict[str, int]


def measure(folder: Path, effort: Effort) -> list[Row]:
    """Reports by 32 connections in a closed loop; the clock runs until the slowest consumer has committed."""
    with bed(folder) as made:
        sides = [platform(made), naive(made)]
        rates: dict[str, list[float]] = {side.door.name: [] for side in sides}
        tails: dict[str, list[float]] = {side.door.name: [] for side in sides}
        for number in effort.turns():
            for side in in_turn(sides, number):
                rate, tail = sustain(made, side, 2 * effort.seconds)
                rates[side.door.name].append(rate)
                tails[side.door.name].append(tail)
            told = ", ".join(f"{name} {measured[-1]:.0f}/s" for name, measured in rates.items())
            effort.say(f"sustained, round {number + 1}: {told}")
    return [_row(side.door.name, sides, rates, tails) for side in sides]


def platform(made: Bed) -> Side:
    """All four services of ours."""
    door = made.ours()
    services = made.services(*CONSUMERS)
    pids = {"tips": door.pid, **{name: child.pid for name, child in services.items()}}
    return Side(door, CONSUMERS, pids)


def naive(made: Bed) -> Side:
    """The naive door with three bare consumers."""
    door = made.baseline("naive with bare consumers", "naive", MODE="send")
    groups = tuple(f"bare-{door.port}-{number}" for number in range(3))
    children = {group: made.process("consume", "bench_bare", door.topic, GROUP=group) for group in groups}
    return Side(door, groups, {"door": door.pid, **{name: child.pid for name, child in children.items()}})


def sustain(made: Bed, side: Side, seconds: float) -> tuple[float, float]:
    """Reports per second that went all the way, and the seconds that consumers needed after the last one."""
    before = made.drained(side.door.topic, 0, side.groups) and made.written(side.door.topic)
    outcome = drive(Plan(side.door.port, _CONNECTIONS, seconds))
    ended = made.drained(side.door.topic, int(before) + outcome.all_accepted, side.groups)
    took = ended - outcome.began
    return outcome.all_accepted / took, max(0.0, took - seconds)


def _row(
    name: str, sides: Sequence[Side], rates: dict[str, list[float]], tails: dict[str, list[float]]
) -> Row:
    ours, theirs = (side.door.name for side in sides)
    beside = ratios(rates[name], rates[theirs])
    mine = name == ours
    return Row(
        "P1",
        f"sustained, {name}; consumers {spread(tails[name])} s behind at the end",
        {"requests/s": spread(rates[name]), "× naive": spread(beside)},
        f"≥ {AIM} × naive" if mine else "",
        median(beside) >= AIM if mine and beside else None,
    )
