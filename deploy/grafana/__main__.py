"""`python -m deploy.grafana generate` makes the dashboard of panels.yml; `check` fails when it is stale."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypedDict

import yaml
from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef

FOLDER: Final = Path(__file__).parent
FILE: Final = FOLDER / "dashboards" / "liengia.json"
PROMETHEUS: Final = DataSourceRef("prometheus", "prometheus")  # as provisioning/datasources names it
_WIDTH, _SPAN, _HEIGHT = 24, 8, 7  # Grafana's grid; a panel alone in its row takes all of it


class Panel(TypedDict):
    """One graph of panels.yml."""

    title: str
    says: str
    unit: str
    legend: str
    expr: str


class Concern(TypedDict):
    """One row of panels.yml."""

    row: str
    panels: list[Panel]


def concerns() -> list[Concern]:
    """What panels.yml says."""
    read: list[Concern] = yaml.safe_load((FOLDER / "panels.yml").read_text(encoding="utf-8"))
    return read


def document() -> str:
    """The dashboard as Grafana reads it."""
    board = (
        Dashboard("Liên Gia")
        .uid("liengia")
        .description("Accepted work, relay, consumers, clocks, webhooks, HTTP and processes of all services.")
        .tags(["liengia"])
        .readonly()
        .time("now-3h", "now")
        .refresh("30s")
    )
    number = 0
    for concern in concerns():
        board.with_row(Row(concern["row"]))
        width = _WIDTH if len(concern["panels"]) == 1 else _SPAN
        for panel in concern["panels"]:
            number += 1
            board.with_panel(_graph(number, panel, width))
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(board.build()) + "\n"


def _graph(number: int, panel: Panel, width: int) -> Timeseries:
    return (
        Timeseries()
        .id(number)
        .title(panel["title"])
        .description(panel["says"])
        .unit(panel["unit"])
        .min(0)
        .span(width)
        .height(_HEIGHT)
        .datasource(PROMETHEUS)
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .legend(VizLegendOptions().display_mode(LegendDisplayMode.LIST).show_legend(True))
        .with_target(
            Dataquery()
            .ref_id("A")
            .datasource(PROMETHEUS)
            .expr(panel["expr"])
            .legend_format(panel["legend"])
            .range()
        )
    )


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 done, 1 stale, 2 wrong use."""
    if list(arguments) == ["generate"]:
        FILE.write_text(document(), encoding="utf-8")
        return 0
    if list(arguments) != ["check"]:
        sys.stderr.write("usage: python -m deploy.grafana generate|check\n")
        return 2
    if FILE.exists() and FILE.read_text(encoding="utf-8") == document():
        return 0
    sys.stderr.write(f"{FILE.name} is stale: run `make dashboard` and commit what it wrote\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
