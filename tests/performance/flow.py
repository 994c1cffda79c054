"""P2: from pending in MongoDB to the stores of three consumers, beside a bare producer and bare consumers."""

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from deploy.local.places import CHECKOUT
from deploy.local.ports import free_ports
from tests.performance import costs
from tests.performance.bed import TIPS_TOPIC, Bed, bed
from tests.performance.costs import Cost
from tests.performance.figures import Row, ratios, spread
from tests.performance.round import Effort
from tests.performance.sustained import CONSUMERS, platform

AIM = 0.7
_WARM = 500
_BARE = "bench.bare"
_GROUPS = ("bare-1", "bare-2", "bare-3")


@dataclass(frozen=True, slots=True)
class Flow:
    """Events per second, and what each cost."""

    rate: float
    cost: Cost


def measure(folder: Path, effort: Effort) -> list[Row]:
    """`count` events each round; the clock runs until the last of three groups has stored and committed them.

    Ours reads them from documents and writes a journal besides; the bare producer has them in memory.
    """
    with bed(folder) as made:
        side = platform(made)
        made.topic(_BARE)
        bare = {name: made.process("consume", "bench_bare", _BARE, GROUP=name).pid for name in _GROUPS}
        taken: dict[str, list[Flow]] = {"ours": [], "bare": []}
        ours(made, side.pids, _WARM)
        _bare(made, bare, _WARM)
        for number in effort.turns():
            taken["ours"].append(ours(made, side.pids, effort.count))
            taken["bare"].append(_bare(made, bare, effort.count))
            told = ", ".join(f"{name} {measured[-1].rate:.0f}/s" for name, measured in taken.items())
            effort.say(f"round {number + 1}: {told}")
    rates = {name: [one.rate for one in measured] for name, measured in taken.items()}
    spent = {name: [one.cost for one in measured] for name, measured in taken.items()}
    beside = ratios(rates["ours"], rates["bare"])
    return [
        Row(
            "P2",
            "Liên Gia: pending, relay, three services",
            {"events/s": spread(rates["ours"]), "CPU ms each": spread([one.own for one in spent["ours"]])},
            f"{spread(beside)} × bare",
            f"≥ {AIM} × bare",
            median(beside) >= AIM if beside else None,
        ),
        Row(
            "P2",
            "bare: one producer, three consume loops",
            {"events/s": spread(rates["bare"]), "CPU ms each": spread([one.own for one in spent["bare"]])},
        ),
        costs.row(
            "event",
            "an event after its commit: relay and three consumers",
            spent["ours"],
            "bare",
            spent["bare"],
        ),
    ]


def ours(made: Bed, pids: Mapping[str, int], count: int) -> Flow:
    """What the whole platform does with `count` events. tips stands still while its documents are stored."""
    (tips,) = made.system.of("tips")
    before = made.written(TIPS_TOPIC)
    tips.child.freeze()
    try:
        subprocess.run(
            [sys.executable, "-m", "tests.performance.fill", str(count)],
            cwd=CHECKOUT,
            env=made.system.environment("tips", *free_ports(1)),
            check=True,
            timeout=60,
        )
    finally:
        cost, began = costs.meter(pids, made.parts), time.time()
        tips.child.thaw()
    ended = made.drained(TIPS_TOPIC, before + count, CONSUMERS)
    return Flow(count / (ended - began), cost(count))


def _bare(made: Bed, consumers: dict[str, int], count: int) -> Flow:
    """The same of a producer and its consumers."""
    before = made.written(_BARE)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.performance.baselines.produce"],
        cwd=CHECKOUT,
        env={
            "PATH": "",
            "KAFKA_BOOTSTRAP_SERVERS": made.system.kafka.bootstrap,
            "TOPIC": _BARE,
            "COUNT": str(count),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as producer:
        assert producer.stdin is not None
        assert producer.stdout is not None
        producer.stdout.readline()
        pids = {**consumers, "producer": producer.pid}
        cost, began = costs.meter(pids, made.parts), time.time()
        producer.stdin.write("\n")
        producer.stdin.flush()
        try:
            ended = made.drained(_BARE, before + count, tuple(consumers))
            return Flow(count / (ended - began), cost(count))
        finally:
            producer.kill()
