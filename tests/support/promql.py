"""What a PromQL expression asks of our metrics: names and labels, and which of them exist."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

CHECKOUT = Path(__file__).resolve().parents[2]
PROMETHEUS = CHECKOUT / "deploy/prometheus"
DASHBOARD = CHECKOUT / "deploy/grafana/dashboards/liengia.json"
GIVEN_BY_SCRAPING = {"job", "instance"}
_SELECTOR = re.compile(r"\b(liengia_\w+)(?:\{([^}]*)\})?")
_GROUPING = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


@dataclass(frozen=True)
class Asked:
    """One metric in an expression, with the labels that it is selected or grouped by."""

    metric: str
    labels: frozenset[str]


def asked(expression: str) -> Iterator[Asked]:
    """Every metric of ours in `expression`. Grouping labels are asked of each of them."""
    grouped = {name.strip() for names in _GROUPING.findall(expression) for name in names.split(",")}
    for metric, matchers in _SELECTOR.findall(expression):
        selected = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        yield Asked(metric, frozenset(selected | grouped) - GIVEN_BY_SCRAPING)


def series() -> dict[str, frozenset[str]]:
    """Name of each series that shared/metrics.py exposes, and its labels."""
    found: dict[str, frozenset[str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            labels = frozenset(metric._labelnames)
            if family.type == "histogram":
                found |= {f"{family.name}_sum": labels, f"{family.name}_count": labels}
                found[f"{family.name}_bucket"] = labels | {"le"}
            else:
                found[family.name + ("_total" if family.type == "counter" else "")] = labels
    return found


def unknown(expressions: Iterable[str]) -> list[Asked]:
    """What is asked and does not exist, or has no such label."""
    exposed = series()
    every = {one for expression in expressions for one in asked(expression)}
    return [one for one in every if not one.labels <= exposed.get(one.metric, frozenset())]


def alerts() -> list[dict[str, Any]]:
    """Every alerting rule of deploy/prometheus/alerts.yml."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_expressions() -> list[str]:
    """What every panel of the dashboard asks."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]
