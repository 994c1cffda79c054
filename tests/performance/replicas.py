"""P8: one to four processes of tips on the cores there are: what they carry, and what a request costs."""

import os
from collections import defaultdict
from pathlib import Path
from statistics import median

from tests.performance.bed import TIPS_TOPIC, Contender, bed, drive
from tests.performance.figures import Row, ratios, spread
from tests.performance.round import Effort
from tests.performance.traffic import Plan

MOST = 4
FLAT = 1.15  # CPU per request with several processes, as a multiple of one's, that passes for flat
_CONNECTIONS = 64
_WARM = 0.5


def measure(folder: Path, effort: Effort) -> list[Row]:
    """The same 64 connections in a closed loop, spread over the first so many of four processes. All four
    run all the time, those that get nothing included: they share the lanes of the relay.
    """
    with bed(folder) as made:
        doors = [made.ours() for _ in range(MOST)]
        rates: dict[int, list[float]] = defaultdict(list)
        costs: dict[int, list[float]] = defaultdict(list)
        for number in effort.turns():
            for count in range(1, MOST + 1):
                before = made.written(TIPS_TOPIC)
                outcome = drive(_plan(doors, count, effort.seconds))
                made.drained(TIPS_TOPIC, before + outcome.all_accepted)
                rates[count].append(outcome.accepted / outcome.window)
                spent = sum(used for name, used in outcome.cpu.items() if name != "client")
                costs[count].append(1000 * spent / outcome.accepted)
            told = ", ".join(f"{count}: {measured[-1]:.0f}/s" for count, measured in rates.items())
            effort.say(f"round {number + 1}: {told}")
    return [_row(count, rates, costs) for count in rates]


def _plan(doors: list[Contender], count: int, seconds: float) -> Plan:
    ports = [door.port for door in doors[:count]]
    pids = {f"tips-{door.port}": door.pid for door in doors}
    return Plan(ports[0], _CONNECTIONS, seconds, _WARM, pids=pids, more_ports=ports[1:])


def _row(count: int, rates: dict[int, list[float]], costs: dict[int, list[float]]) -> Row:
    times, dearer = ratios(rates[count], rates[1]), ratios(costs[count], costs[1])
    several = count > 1
    return Row(
        "P8",
        f"{count} of {MOST} processes of tips get requests, on {os.cpu_count()} cores",
        {"requests/s": spread(rates[count]), "CPU ms each": spread(costs[count])},
        f"{spread(times)} × the rate, {spread(dearer)} × the CPU of one" if several else "",
        f"CPU ≤ {FLAT} × one's" if several else "",
        median(dearer) <= FLAT if several and dearer else None,
    )
