"""P6: analytics filled from the event history into an empty database, until all figures stand."""

import time
from collections import Counter
from pathlib import Path
from statistics import median

from pymongo.database import Database

from deploy.local.services import base_environment
from tests.performance.bed import TIPS_TOPIC, Bed, bed
from tests.performance.figures import Row, spread
from tests.performance.history import COURSE
from tests.performance.processes import cpu_seconds
from tests.performance.round import Effort
from tests.support.system import run_module

AIM = 20_000
_SERVICE = "analytics"
_EVENTS_PER_COUNT = 25  # of `Effort.count`: 150,000 events, or 50,000 for a look
_WITHIN = 240.0

Figures = dict[str, Counter[tuple[str, str]]]


def measure(folder: Path, effort: Effort) -> list[Row]:
    """Each round begins with the process; it ends when nothing is behind, no bucket is marked and every
    figure is what it was in the round before.
    """
    count = _EVENTS_PER_COUNT * effort.count
    with bed(folder) as made:
        broker = {**base_environment(), "KAFKA_BOOTSTRAP_SERVERS": made.system.kafka.bootstrap}
        run_module("tests.performance.history", str(count), env=broker)
        effort.say(f"{count} events are on {TIPS_TOPIC}")
        rates: list[float] = []
        read: list[float] = []
        spent: list[float] = []
        found: list[Figures] = []
        for number in effort.turns():
            began = time.monotonic()
            if number:
                _empty(made)
                began = time.monotonic()
                made.system.of(_SERVICE)[0].child.start_again()
            else:
                made.system.start(_SERVICE)
            made.drained(TIPS_TOPIC, count, [_SERVICE], within=_WITHIN)
            read.append(count / (time.monotonic() - began))
            found.append(_settled(made))
            rates.append(count / (time.monotonic() - began))
            spent.append(1000 * cpu_seconds(made.system.of(_SERVICE)[0].child.pid) / count)
            effort.say(f"round {number + 1}: {rates[-1]:.0f} events/s, read alone {read[-1]:.0f}/s")
    equal = all(one == found[0] for one in found) and _as_told(found[0], count)
    return [
        Row(
            "P6",
            f"analytics from {count} events, figures {'equal' if equal else 'NOT EQUAL'} in every round",
            {"events/s": spread(rates), "until lag 0": spread(read), "CPU ms each": spread(spent)},
            "",
            f"≥ {AIM} events/s",
            median(rates) >= AIM and equal,
        )
    ]


def _empty(made: Bed) -> None:
    """As an operator does it (docs/operators.md): stop, drop, prepare, rewind."""
    (replica,) = made.system.of(_SERVICE)
    replica.child.stop()
    with made.system.databases() as client:
        client.drop_database(_SERVICE)
    made.system.prepare(_SERVICE)
    env = made.system.environment(_SERVICE, 0)
    run_module("shared.replay", "rewind", "--group", _SERVICE, env=env)


def _settled(made: Bed) -> Figures:
    """All figures, once no bucket waits to be recomputed. Raises RuntimeError."""
    until = time.monotonic() + _WITHIN
    with made.system.databases() as client:
        database = client[_SERVICE]
        while database["marks"].find_one() is not None:
            if time.monotonic() > until:
                raise RuntimeError(f"{database['marks'].estimated_document_count()} buckets still marked")
            time.sleep(0.02)
        return _figures(database)


def _figures(database: "Database[dict[str, object]]") -> Figures:
    found: Figures = {}
    for bucket in database["buckets"].find({}, {"counts": 1}):
        counts: list[dict[str, object]] = bucket["counts"]  # type: ignore[assignment]
        found[str(bucket["_id"])] = Counter({(str(one["c"]), str(one["k"])): one["n"] for one in counts})
    return found


def _as_told(figures: Figures, count: int) -> bool:
    """Whether the days of the province add up to the tips that there were."""
    total: Counter[str] = Counter()
    for key, counts in figures.items():
        level, _, span, _ = key.split("|")
        if level == "province" and len(span) == len("YYYY-MM-DD"):
            for (name, _), number in counts.items():
                total[name] += number
    return total["tip.received"] == -(-count // len(COURSE))
