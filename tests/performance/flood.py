"""P9: twice as much as tips can take in, for a minute: what it accepts, how the rest is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.performance.bed import Bed, Contender, bed, drive
from tests.performance.figures import Row, digits
from tests.performance.processes import proportional_bytes
from tests.performance.round import Effort
from tests.performance.traffic import Outcome, Plan

AIM_GOODPUT = 0.8
AIM_REFUSAL_MS = 50.0
FLAT = 1.1  # memory in the last third of the flood, as a multiple of the first third's, that passes for flat
AT_ONCE = 0.9  # of the peak, right after the flood
_MINUTE, _SHORT = 60.0, 10.0
_TIMES = 2.0
_CONNECTIONS = 256  # of the closed loops
_FLOOD_CONNECTIONS = 1024
_LOOK_SECONDS = 1.0
_MIB = 1024 * 1024


def measure(folder: Path, effort: Effort) -> list[Row]:
    """The peak in a closed loop, the flood in an open one, and the peak again at once."""
    with bed(folder) as made:
        door = made.ours()
        peak = max(_peak(made, door, 2 * effort.seconds) for _ in range(2))
        effort.say(f"the peak is {peak:.0f}/s, so {_TIMES * peak:.0f}/s are offered")
        plan = Plan(door.port, _FLOOD_CONNECTIONS, _SHORT if effort.short else _MINUTE, rate=_TIMES * peak)
        with _memory(door.pid) as held:
            flood = drive(plan)
        effort.say(
            f"{flood.accepted / flood.window:.0f}/s accepted, refused {flood.refused}, {flood.lost} lost"
        )
        after = _peak(made, door, 2 * effort.seconds, settle=False)
        effort.say(f"afterwards {after:.0f}/s")
    return rows(peak, flood, after, held)


def rows(peak: float, flood: Outcome, after: float, held: list[float]) -> list[Row]:
    """`peak` and `after` in requests/s, `held` in bytes, once a second."""
    goodput = flood.accepted / flood.window
    refused = sum(flood.refused.values())
    third = max(1, len(held) // 3)
    first, last = median(held[:third]), median(held[-third:])
    offered = f"{_TIMES * peak:.0f}/s offered for {flood.window:.0f} s"
    told = flood.refused.keys() <= {"503"} and not flood.unexplained and not flood.lost
    return [
        Row(
            "P9",
            f"{offered}: accepted",
            {"requests/s": digits(goodput), "p50 ms": digits(flood.p50), "p99 ms": digits(flood.p99)},
            f"{goodput / peak:.2f} × the peak of {peak:.0f}/s",
            f"≥ {AIM_GOODPUT} × the peak",
            goodput >= AIM_GOODPUT * peak,
        ),
        Row(
            "P9",
            f"{offered}: {refused} refused {sorted(flood.refused)}, {flood.unexplained} of them without "
            f"Retry-After, {flood.lost} unanswered",
            {"p50 ms": digits(flood.refused_p50), "p99 ms": digits(flood.refused_p99)},
            "",
            f"all 503 with Retry-After, p99 < {AIM_REFUSAL_MS:.0f} ms",
            told and flood.refused_p99 < AIM_REFUSAL_MS if refused else told,
        ),
        Row(
            "P9",
            "memory of tips (PSS) in the last third of it",
            {"MiB": digits(last / _MIB)},
            f"{last / first:.2f} × the first third's",
            f"≤ {FLAT} ×",
            last <= FLAT * first,
        ),
        Row(
            "P9",
            "right after it",
            {"requests/s": digits(after)},
            f"{after / peak:.2f} × the peak",
            f"≥ {AT_ONCE} × the peak",
            after >= AT_ONCE * peak,
        ),
    ]


def _peak(made: Bed, door: Contender, seconds: float, *, settle: bool = True) -> float:
    """Accepted each second; `settle`: its events are sent before this returns."""
    before = made.written(door.topic)
    outcome = drive(Plan(door.port, _CONNECTIONS, seconds, 0.5 if settle else 0.0))
    if settle:
        made.drained(door.topic, before + outcome.all_accepted)
    return outcome.accepted / outcome.window


@contextmanager
def _memory(pid: int) -> Iterator[list[float]]:
    """What the process holds, looked at once a second while the block runs."""
    held: list[float] = [proportional_bytes(pid)]
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            held.append(proportional_bytes(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield held
    finally:
        over.set()
        looking.join()
