"""P1, sustained: from the first report until every consumer has stored the last, with all of them running."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.performance import costs
from tests.performance.bed import Bed, Contender, bed, drive
from tests.performance.costs import Cost
from tests.performance.figures import Row, ratios, spread
from tests.performance.round import Effort, in_turn
from tests.performance.traffic import Plan

CONSUMERS = ("mediation", "notifications", "analytics")
AIM = 1.0
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Side:
    """A door and everything behind it: `groups` are its consumers, `pids` all its processes."""

    door: Contender
    groups: tuple[str, ...]
    pids: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sustained:
    """`rate`: reports per second that went all the way; `tail`: seconds that consumers needed after the last
    one; `cost` of each.
    """

    rate: float
    tail: float
    cost: Cost


def measure(folder: Path, effort: Effort) -> list[Row]:
    """Reports by 32 connections in a closed loop; the clock runs until the slowest consumer has committed."""
    with bed(folder) as made:
        sides = [platform(made), naive(made)]
        found: dict[str, list[Sustained]] = {side.door.name: [] for side in sides}
        for number in effort.turns():
            for side in in_turn(sides, number):
                found[side.door.name].append(sustain(made, side, 2 * effort.seconds))
            told = ", ".join(f"{name} {measured[-1].rate:.0f}/s" for name, measured in found.items())
            effort.say(f"sustained, round {number + 1}: {told}")
    ours, theirs = found.values()
    cost = costs.row(
        "command",
        "an accepted POST /tips, until three consumers have stored its event",
        [one.cost for one in ours],
        "naive with bare consumers",
        [one.cost for one in theirs],
    )
    return [*(_row(side.door.name, sides, found) for side in sides), cost]


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


def sustain(made: Bed, side: Side, seconds: float) -> Sustained:
    """One run; the clock stops when the slowest consumer has committed the last."""
    made.drained(side.door.topic, 0, side.groups)
    before, cost = made.written(side.door.topic), costs.meter(side.pids, made.parts)
    outcome = drive(Plan(side.door.port, _CONNECTIONS, seconds))
    ended = made.drained(side.door.topic, before + outcome.all_accepted, side.groups)
    took = ended - outcome.began
    accepted = outcome.all_accepted
    return Sustained(accepted / took, max(0.0, took - seconds), cost(accepted))


def _row(name: str, sides: Sequence[Side], found: dict[str, list[Sustained]]) -> Row:
    ours, theirs = ([one.rate for one in found[side.door.name]] for side in sides)
    beside, mine = ratios(ours, theirs), name == sides[0].door.name
    tails = spread([one.tail for one in found[name]])
    return Row(
        "P1",
        f"sustained, {name}; consumers {tails} s behind at the end",
        {"requests/s": spread([one.rate for one in found[name]])},
        f"{spread(beside)} × naive" if mine else "",
        f"≥ {AIM} × naive" if mine else "",
        median(beside) >= AIM if mine and beside else None,
    )
