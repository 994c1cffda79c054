"""P1: durable `POST /tips` beside what one writes first, the insert alone, and hexkit's DAO publisher."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.performance.bed import Bed, Contender, bed, drive
from tests.performance.figures import Row, not_run, ratios, spread
from tests.performance.hexkit_python import hexkit_python
from tests.performance.round import Effort, in_turn
from tests.performance.traffic import Outcome, Plan

CONNECTIONS = (1, 32, 256)
OURS, NAIVE, HEXKIT = "Liên Gia", "naive: insert, then send", "hexkit 9 DAO publisher"
AIMS: dict[int, dict[str, float]] = {1: {NAIVE: 1.0}, 32: {NAIVE: 2.0, HEXKIT: 3.0}}
_SHORT = {NAIVE: "naive", HEXKIT: "hexkit"}
_WARM = 0.5
_LOAD = 0.5  # of what the naive one carries: there all latencies are taken, at the same rate


class Taken:
    """What all rounds with so many connections gave, by contender."""

    def __init__(self) -> None:
        self.closed: dict[str, list[Outcome]] = defaultdict(list)
        self.opened: dict[str, list[Outcome]] = defaultdict(list)

    def rates(self, name: str) -> list[float]:
        return [one.accepted / one.window for one in self.closed[name]]


def measure(folder: Path, effort: Effort) -> list[Row]:
    """Throughput in a closed loop; latency in an open one, at half of what the naive one carries."""
    with bed(folder) as made:
        contenders, missing = _contenders(made)
        rows = []
        for done, connections in enumerate(CONNECTIONS):
            taken = _take(made, contenders, connections, effort.share(len(CONNECTIONS) - done))
            rows += [_row(taken, one.name, connections) for one in contenders] + missing
            missing = []
        return rows


def _contenders(made: Bed) -> tuple[list[Contender], list[Row]]:
    contenders = [
        made.ours(),
        made.baseline(NAIVE, "naive", MODE="send"),
        made.baseline("the insert alone", "naive", MODE="insert"),
    ]
    try:
        contenders.append(made.baseline(HEXKIT, "hexkit_dao", python=hexkit_python()))
    except RuntimeError as reason:
        return contenders, [not_run("P1", HEXKIT, str(reason))]
    return contenders, []


def _take(made: Bed, contenders: Sequence[Contender], connections: int, effort: Effort) -> Taken:
    taken = Taken()
    for number in effort.share(2).turns():
        for one in in_turn(contenders, number):
            taken.closed[one.name].append(_one(made, one, connections, effort.seconds))
        told = ", ".join(f"{one.name} {taken.rates(one.name)[-1]:.0f}/s" for one in contenders)
        effort.say(f"{connections} connections, round {number + 1}: {told}")
    rate = _LOAD * median(taken.rates(NAIVE))
    for number in effort.turns():
        for one in in_turn(contenders, number):
            taken.opened[one.name].append(_one(made, one, connections, effort.seconds, rate))
        told = ", ".join(f"{one.name} p99 {taken.opened[one.name][-1].p99:.0f} ms" for one in contenders)
        effort.say(f"{connections} connections, {rate:.0f}/s, round {number + 1}: {told}")
    return taken


def _one(
    made: Bed, contender: Contender, connections: int, seconds: float, rate: float | None = None
) -> Outcome:
    """One contender's turn. What it still has to send it sends before the next one's turn."""
    pids = {"service": contender.pid, **made.parts}
    before = made.written(contender.topic)
    outcome = drive(Plan(contender.port, connections, seconds, _WARM, rate, pids))
    if contender.name != "the insert alone":
        made.drained(contender.topic, before + outcome.all_accepted)
    return outcome


def _row(taken: Taken, name: str, connections: int) -> Row:
    closed, opened = taken.closed[name], taken.opened[name]
    aims = AIMS.get(connections, {}) if name == OURS else {}
    beside = {other: ratios(taken.rates(name), taken.rates(other)) for other in (NAIVE, HEXKIT)}
    met = [median(beside[other]) >= aim for other, aim in aims.items() if beside[other]]
    return Row(
        "P1",
        f"{connections} conn., {name}",
        {
            "requests/s": spread(taken.rates(name)),
            "p50 ms": spread([one.p50 for one in opened]),
            "p99 ms": spread([one.p99 for one in opened]),
            "CPU ms each": spread([1000 * one.cpu["service"] / one.accepted for one in closed]),
            "with mongod, Kafka": spread(
                [1000 * (sum(one.cpu.values()) - one.cpu["client"]) / one.accepted for one in closed]
            ),
            "client": spread([1000 * one.cpu["client"] / one.accepted for one in closed]),
        },
        ", ".join(f"{spread(times)} × {_SHORT[other]}" for other, times in beside.items() if times)
        if name == OURS
        else "",
        ", ".join(f"≥ {aim} × {_SHORT[other]}" for other, aim in aims.items()),
        all(met) if met else None,
    )
