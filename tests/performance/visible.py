"""P3: from the answer to a report until others see it, at half of what goes through to the last of them."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from deploy.local.places import CHECKOUT
from tests.performance.bed import Bed, bed
from tests.performance.figures import Row, spread
from tests.performance.round import Effort
from tests.performance.sustained import platform
from tests.performance.traffic import Plan
from tests.performance.watch import Watch

AIMS = {"stream": 100.0, "webhook": 100.0, "figure": 250.0}
_WORDS = {
    "stream": "on the event stream",
    "webhook": "at a webhook's receiver",
    "figure": "in a recomputed figure (looked at every 50 ms)",
}
_SHARE = 0.5


def measure(folder: Path, effort: Effort) -> list[Row]:
    """A first short run finds out how many go through to stream and webhook; half of it is then sent,
    evenly.
    """
    with bed(folder) as made:
        port = platform(made).door.port
        _round(made, port, None, effort.seconds)  # warm
        through = _round(made, port, None, effort.seconds)["through"]
        rate = _SHARE * through
        effort.say(f"{through:.0f}/s go through, so {rate:.0f}/s are sent")
        found = []
        for number in effort.turns():
            found.append(_round(made, port, rate, 3 * effort.seconds))
            told = ", ".join(f"{name} p99 {found[-1][name]['p99']:.0f} ms" for name in AIMS)
            effort.say(f"round {number + 1}: {told}")
    return [_row(name, found, rate) for name in AIMS]


def _round(made: Bed, port: int, rate: float | None, seconds: float) -> dict[str, Any]:
    urls = {name: made.system.of(name)[0].url for name in ("tips", "notifications", "analytics")}
    wanted = Watch(
        plan=asdict(Plan(port, 32, seconds, rate=rate)),
        headers=made.system.bearer("events:read", "indicators:read"),
        **urls,
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.performance.watch", json.dumps(asdict(wanted))],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=seconds + 90,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the watcher ended: {done.stderr[-300:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _row(name: str, found: list[dict[str, Any]], rate: float) -> Row:
    worst = [one[name]["p99"] for one in found]
    missing = sum(one[name]["missing"] for one in found)
    lost = f"; {missing:.0f} NOT SEEN" if missing else ""
    return Row(
        "P3",
        f"{rate:.0f}/s, {_WORDS[name]}{lost}",
        {"p50 ms": spread([one[name]["p50"] for one in found]), "p99 ms": spread(worst)},
        "",
        f"p99 < {AIMS[name]:.0f} ms",
        median(worst) < AIMS[name] and not missing,
    )
