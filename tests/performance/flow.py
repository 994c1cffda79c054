"""P2: from pending in MongoDB to the stores of three consumers, beside a bare producer and bare consumers."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from deploy.local.places import CHECKOUT
from deploy.local.ports import free_ports
from tests.performance.bed import TIPS_TOPIC, Bed, bed
from tests.performance.figures import Row, ratios, spread
from tests.performance.processes import cpu_seconds
from tests.performance.round import Effort
from tests.performance.sustained import CONSUMERS, platform

AIM = 0.7
_WARM = 500
_BARE = "bench.bare"
_GROUPS = ("bare-1", "bare-2", "bare-3")


def measure(folder: Path, effort: Effort) -> list[Row]:
    """`count` events each round; the clock runs until the last of three groups has stored and committed them.

    Ours reads them from documents and writes a journal besides; the bare producer has them in memory.
    """
    with bed(folder) as made:
        side = platform(made)
        made.topic(_BARE)
        bare = {name: made.process("consume", "bench_bare", _BARE, GROUP=name).pid for name in _GROUPS}
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        costs: dict[str, list[float]] = {"ours": [], "bare": []}
        _ours(made, side.pids, _WARM)
        _bare(made, bare, _WARM)
        for number in effort.turns():
            for name, took, spent in (
                ("ours", *_ours(made, side.pids, effort.count)),
                ("bare", *_bare(made, bare, effort.count)),
            ):
                rates[name].append(effort.count / took)
                costs[name].append(1000 * spent / effort.count)
            told = ", ".join(f"{name} {measured[-1]:.0f}/s" for name, measured in rates.items())
            effort.say(f"round {number + 1}: {told}")
    beside = ratios(rates["ours"], rates["bare"])
    return [
        Row(
            "P2",
            "Liên Gia: pending, relay, three services",
            {
                "events/s": spread(rates["ours"]),
                "CPU ms each": spread(costs["ours"]),
                "× bare": spread(beside),
            },
            f"≥ {AIM} × bare",
            median(beside) >= AIM if beside else None,
        ),
        Row(
            "P2",
            "bare: one producer, three consume loops",
            {"events/s": spread(rates["bare"]), "CPU ms each": spread(costs["bare"])},
        ),
    ]


def _ours(made: Bed, pids: dict[str, int], count: int) -> tuple[float, float]:
    """Seconds, and CPU seconds of all services. tips stands still while its documents are stored."""
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
        used, began = _spent(pids), time.time()
        tips.child.thaw()
    ended = made.drained(TIPS_TOPIC, before + count, CONSUMERS)
    return ended - began, _spent(pids) - used


def _bare(made: Bed, consumers: dict[str, int], count: int) -> tuple[float, float]:
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
        used, began = _spent(pids), time.time()
        producer.stdin.write("\n")
        producer.stdin.flush()
        try:
            ended = made.drained(_BARE, before + count, tuple(consumers))
            return ended - began, _spent(pids) - used
        finally:
            producer.kill()


def _spent(pids: dict[str, int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids.values())
