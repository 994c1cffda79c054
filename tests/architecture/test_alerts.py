"""The alerts: Prometheus itself reads and tries them, and they ask only for what the services expose."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.outbox.ports import LANES
from tests.support.promql import CHECKOUT, PROMETHEUS, alerts, asked, unknown

PROMTOOL = shutil.which("promtool")
ALERTS = alerts()
by_name = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])


def promtool(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Skips the test where promtool is not installed (Debian and Ubuntu: package prometheus)."""
    if PROMTOOL is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    return subprocess.run(
        [PROMTOOL, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "--lint-fatal", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_accepts_its_files_and_every_rule_passes_its_trial(arguments: tuple[str, ...]) -> None:
    done = promtool(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("change", [("> 60", "> 1e9"), ("== 0", ">= 0"), ("> 6 * 3600", "> 0")])
def test_a_rule_that_stays_silent_or_cries_wolf_fails_its_trial(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    rules = (PROMETHEUS / "alerts.yml").read_text()
    assert change[0] in rules
    (tmp_path / "alerts.yml").write_text(rules.replace(*change))
    shutil.copy(PROMETHEUS / "alerts_test.yml", tmp_path)
    assert promtool("test", "rules", str(tmp_path / "alerts_test.yml")).returncode != 0


def test_every_alert_is_seen_to_fire_in_a_trial() -> None:
    tried = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    fired = {
        name
        for trial in tried
        for moment in trial["promql_expr_test"]
        for sample in moment["exp_samples"]
        for name in re.findall(r'alertname="(\w+)"', sample["labels"])
    }
    assert fired == {alert["alert"] for alert in ALERTS}


def test_the_alerts_ask_only_for_metrics_and_labels_that_exist() -> None:
    assert unknown(alert["expr"] for alert in ALERTS) == []


def test_each_concern_of_an_operator_has_an_alert() -> None:
    told = {one.metric for alert in ALERTS for one in asked(alert["expr"])}
    assert {
        "liengia_relay_oldest_pending_seconds",
        "liengia_consumer_lag",
        "liengia_dead_letters_total",
        "liengia_parked_keys",
        "liengia_clock_ticks_total",
        "liengia_webhook_oldest_seconds",
        "liengia_webhooks_disabled_total",
    } <= told


def test_a_lane_without_an_owner_is_told_by_the_number_of_lanes_that_there_are() -> None:
    (rule,) = (alert for alert in ALERTS if alert["alert"] == "LanesUnowned")
    assert rule["expr"].endswith(f"< {LANES}")


@by_name
def test_an_alert_says_how_grave_it_is_what_it_means_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    words = alert["annotations"]
    assert set(words) == {"summary", "description", "runbook"}
    assert words["description"].count(".") >= 2, "one sentence for the meaning, one for what to do"
    assert (CHECKOUT / words["runbook"]).is_file()


@by_name
def test_operators_find_each_alert_by_its_name(alert: dict[str, Any]) -> None:
    assert f"`{alert['alert']}`" in (CHECKOUT / "docs/operators.md").read_text()
