"""What is measured, in which order, and how long each part may take: together less than ten minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.performance import flood, flow, intake, rebuild, replicas, scale, sustained, up, visible
from tests.performance.figures import Row
from tests.performance.round import Effort

Measure = Callable[[Path, Effort], list[Row]]


@dataclass(frozen=True, slots=True)
class Part:
    """Gives rows of `groups`, within about `seconds`."""

    groups: frozenset[str]
    measure: Measure
    seconds: float


PARTS = (
    Part(frozenset({"P7"}), up.measure, 40),
    Part(frozenset({"P1"}), intake.measure, 150),
    Part(frozenset({"P1", "P4"}), sustained.measure, 40),
    Part(frozenset({"P2", "P4"}), flow.measure, 40),
    Part(frozenset({"P3"}), visible.measure, 40),
    Part(frozenset({"P8"}), replicas.measure, 35),
    Part(frozenset({"P9"}), flood.measure, 90),
    Part(frozenset({"P6"}), rebuild.measure, 40),
    Part(frozenset({"P5"}), scale.measure, 95),
)
GROUPS = tuple(sorted({group for part in PARTS for group in part.groups}))

NOTES = {
    "": "`median (lowest–highest)` over rounds in which all contenders take turns; ratios are of neighbours "
    "in a round. Everything ran on this one machine: mongod, Kafka, the services, the load client.",
    "P1": "requests/s in a closed loop; p50 and p99 in an open loop, from when a request was due, all of "
    "them at half of what the naive one carried. CPU of the service for one request, then with mongod and "
    "Kafka; `client` is what the load client spent beside them. Sustained: reports sent until the last "
    "consumer had committed the last, divided by that time.",
    "P2": "CPU of all services, or of producer and consumers.",
    "P3": "from the answer 201.",
    "P4": "from the runs of P1 sustained and of P2, all four services together, until the last consumer has "
    "committed.",
    "P8": "a closed loop over all processes of tips at once; CPU is theirs, without mongod, Kafka, client.",
    "P5": "examined by the profiler of mongod; for POST and what follows it the most of one operation on the "
    "stored tips. With --quick 2,000, 10,000 and 50,000 are stored.",
    "P6": "from the start of the process until nothing is behind and no figure waits to be computed.",
    "P9": "the peak is the best of two closed loops of 256 connections just before; the flood comes evenly "
    "over 1,024 connections, latencies from when a request was due.",
}
