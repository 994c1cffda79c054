"""D5: the consumers of analytics get a small part of the time, so that events come faster than they read."""

import asyncio
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import yaml

from tests.chaos.outcome import Fault, Outcome
from tests.chaos.quiet import unread
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.promql import PROMETHEUS
from tests.support.system import Replica
from tests.support.throttle import throttled

RATE = 40.0  # what two cores carry with room to spare: else writes were slow before the fault
PART = 0.01
SLOWER = 10.0
MOST_MEGABYTES = 80.0  # that a process may grow by
MOST_SLOWDOWN = 1.5  # of the p99 of writes
_ALERT, _ALERT_LAG = "ConsumerLag", 1000  # deploy/prometheus/alerts.yml
_LAG = re.compile(r'^liengia_consumer_lag\{group="analytics",topic="[^"]*"\} ([0-9.e+]+)$', re.MULTILINE)


async def play(stage: Stage) -> Outcome:
    outcome, replicas = Outcome(), stage.system.of("analytics")
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(100)
        began = time.monotonic()
        await asyncio.sleep(max(8.0, stage.seconds / 6))
        calm = _p99(stage, began)
        memory = [_megabytes(one) for one in replicas]
        read = await asyncio.to_thread(_handled, stage)
        began = time.monotonic()
        with throttled([one.child.pid for one in replicas], PART):
            outcome.times = 1
            await until(lambda: unread(stage.system.kafka.bootstrap, "analytics") > _ALERT_LAG, within=90)
            lag = await asyncio.to_thread(unread, stage.system.kafka.bootstrap, "analytics")
            handled = await asyncio.to_thread(_handled, stage) - read
            slow = _p99(stage, began)
        shown = await _shown(replicas)
    _judge_pace(outcome, handled, lag, calm, slow)
    grown = max(_megabytes(one) - was for one, was in zip(replicas, memory, strict=True))
    outcome.expect(grown <= MOST_MEGABYTES, f"no process of analytics grew by more than {grown:.0f} MB")
    outcome.expect(shown > 0, f"liengia_consumer_lag told of {shown:.0f}")
    await asyncio.to_thread(_alerted, stage, outcome, lag)
    drained = await until(lambda: unread(stage.system.kafka.bootstrap, "analytics") == 0, within=240)
    outcome.recovered.append(drained)
    return outcome


def _judge_pace(outcome: Outcome, handled: int, lag: int, calm: float, slow: float) -> None:
    ratio = (handled + lag) / max(1, handled)
    said = f"events came {ratio:.0f} times as fast as analytics read them; {lag} waited"
    outcome.expect(ratio >= SLOWER, said)
    slowdown = slow / max(calm, 1e-6)
    said = f"the p99 of writes was {slowdown:.2f} times that before ({calm * 1000:.0f}, {slow * 1000:.0f} ms)"
    outcome.expect(slowdown <= MOST_SLOWDOWN, said)


async def _shown(replicas: list[Replica]) -> float:
    """The lag that the metric tells of once the processes have had time to look."""
    seen = 0.0

    def look() -> bool:
        nonlocal seen
        found = 0.0
        for one in replicas:
            with_lag = httpx.get(f"{one.url}/metrics", timeout=10, trust_env=False).text
            found += sum(map(float, _LAG.findall(with_lag)))
        seen = max(seen, found)
        return seen > 0

    await until(look, within=30)
    return seen


def _p99(stage: Stage, since: float) -> float:
    took = sorted(took for began, took in stage.traffic.caller.took if began >= since)
    return took[int(len(took) * 0.99)] if took else 0.0


def _handled(stage: Stage) -> int:
    with stage.system.databases() as client:
        return client["analytics"]["facts"].count_documents({})


def _megabytes(replica: Replica) -> float:
    status = Path(f"/proc/{replica.child.pid}/status").read_text()
    (kilobytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) / 1024


def _alerted(stage: Stage, outcome: Outcome, lag: int) -> None:
    """Whether the committed rule fires when what was seen goes on for its ten minutes."""
    if shutil.which("promtool") is None:
        outcome.not_run = "the alert rule: promtool is not installed"
        return
    firing = [{"exp_labels": {"severity": "warning", "group": "analytics"}}] if lag > _ALERT_LAG else []
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    folder = stage.system.folder
    (folder / "alerts.yml").write_text(yaml.safe_dump(rules))
    series = {"series": 'liengia_consumer_lag{group="analytics",topic="t"}', "values": f"{lag}x20"}
    test = {
        "rule_files": ["alerts.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [series],
                "alert_rule_test": [{"eval_time": "15m", "alertname": _ALERT, "exp_alerts": firing}],
            }
        ],
    }
    (folder / "alerts_test.yml").write_text(yaml.safe_dump(test))
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    outcome.expect(
        done.returncode == 0 and bool(firing), f"{_ALERT} fires at such a lag {done.stderr[-300:].strip()}"
    )


SLOW = Fault("D5", "a consumer ten times slower than arrival", play, needs="own", share=8)
