"""The dashboard: not stale, complete, and asking only for what the services expose."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.__main__ import FILE, PROMETHEUS, main
from tests.support.promql import asked, dashboard_expressions, series, unknown

BOARD = json.loads(FILE.read_text())
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]


def test_the_dashboard_is_the_one_that_its_data_make() -> None:
    assert main(["check"]) == 0


def test_a_stale_dashboard_fails_the_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stale = tmp_path / FILE.name
    stale.write_text(FILE.read_text().replace("Parked keys", "Parked"))
    monkeypatch.setattr("deploy.grafana.__main__.FILE", stale)
    assert main(["check"]) == 1
    assert main(["generate"]) == 0
    assert stale.read_text() == FILE.read_text()


def test_every_metric_is_in_a_panel() -> None:
    shown = {base(one.metric) for expression in dashboard_expressions() for one in asked(expression)}
    assert shown == {base(name) for name in series()}


def base(name: str) -> str:
    """A histogram's series by the histogram's name."""
    return re.sub(r"_(sum|count|bucket)$", "", name)


def test_the_panels_ask_only_for_metrics_and_labels_that_exist() -> None:
    assert unknown(dashboard_expressions()) == []


def test_every_panel_has_a_title_of_its_own_a_unit_and_a_sentence() -> None:
    titles = [panel["title"] for panel in PANELS]
    assert len(set(titles)) == len(titles)
    for panel in PANELS:
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["description"].endswith(".")
        assert panel["datasource"]["uid"] == PROMETHEUS.uid


def test_the_words_of_a_line_are_labels_that_it_has() -> None:
    for panel in PANELS:
        (target,) = panel["targets"]
        words = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])
        assert words <= {label for names in grouped for label in names.split(", ")} | {"job", "instance"}


def test_prometheus_understands_every_panel(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    rules = [
        {"record": f"panel:number{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(dashboard_expressions())
    ]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
