"""P4: processor time of all our processes for one thing done; mongod and Kafka apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.performance.figures import Row, spread
from tests.performance.processes import cpu_seconds

AIMS = {"command": 2.5, "event": 0.4}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds for one: of our own processes (or another side's), of mongod, of Kafka."""

    own: float
    mongod: float
    kafka: float


def meter(pids: Mapping[str, int], parts: Mapping[str, int]) -> Callable[[int], Cost]:
    """Starts counting; ask it, once `count` things are done, for the cost of each. `parts` are the processes
    `mongod` and `kafka`, `pids` all the others; all of them must still run when it is asked.
    """
    own, before = _used(pids.values()), {name: cpu_seconds(pid) for name, pid in parts.items()}

    def cost(count: int) -> Cost:
        shared = {name: 1000 * (cpu_seconds(pid) - before[name]) / count for name, pid in parts.items()}
        return Cost(1000 * (_used(pids.values()) - own) / count, shared["mongod"], shared["kafka"])

    return cost


def row(thing: str, what: str, ours: Sequence[Cost], others: str, theirs: Sequence[Cost]) -> Row:
    """`thing`: `command` or `event`. `others` names who stands beside."""
    own = [one.own for one in ours]
    aim = AIMS[thing]
    return Row(
        "P4",
        what,
        {
            "ms": spread(own),
            "mongod": spread([one.mongod for one in ours]),
            "Kafka": spread([one.kafka for one in ours]),
        },
        f"{others}: {spread([one.own for one in theirs])} ms" if theirs else "",
        f"≤ {aim} ms, all services",
        median(own) <= aim if own else None,
    )


def _used(pids: Iterable[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)
