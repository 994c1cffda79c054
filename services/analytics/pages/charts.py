"""Charts as SVG, drawn on the server by Vega-Lite: no script and no font from elsewhere."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final

import altair as alt
import vl_convert

WIDTH: Final = 330  # fits a 360 px phone; a wider page scales it up
ROW_HEIGHT: Final = 24
BAR_COLOUR: Final = "#2f7fb5"
_CACHED = 256
# currentColor: the chart takes the page's text colour, also in dark mode and in print.
_CONFIG: Final[dict[str, Any]] = {
    "background": None,
    "view": {"stroke": None},
    "font": "sans-serif",
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "domainColor": "currentColor",
        "tickColor": "currentColor",
        "gridColor": "currentColor",
        "gridOpacity": 0.15,
        "labelFontSize": 11,
    },
    "text": {"color": "currentColor", "fontSize": 11},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `value` None: nobody reported, and no bar is drawn; `label` is how the value is written."""

    name: str
    value: float | int | None
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right over days or months (`upright`), else one below the other with their label."""

    title: str
    bars: tuple[Bar, ...]
    upright: bool = False


async def draw(charts: Sequence[Chart]) -> list[str]:
    """An SVG element for each. Drawing is tens of milliseconds of computing, so it leaves the event loop."""
    return [await asyncio.to_thread(_svg, chart) for chart in charts]


@lru_cache(maxsize=_CACHED)
def _svg(chart: Chart) -> str:
    rows = [
        {"place": place, "name": bar.name, "value": bar.value or 0, "label": bar.label}
        for place, bar in enumerate(chart.bars)
    ]
    spec = _upright(rows) if chart.upright else _lying(rows)
    spec["config"] = _CONFIG
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg[svg.index("<svg") :].replace(
        "<svg ", f'<svg role="img" aria-label="{escape(chart.title)}" ', 1
    )


def _upright(rows: list[dict[str, Any]]) -> dict[str, Any]:
    few = max(1, len(rows) // 6)
    shown = [row["name"] for place, row in enumerate(rows) if place % few == 0]
    chart = (
        alt.Chart(_data(rows), width=WIDTH, height=170)
        .mark_bar(color=BAR_COLOUR)
        .encode(
            x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(values=shown, labelAngle=0)),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=4)),
        )
    )
    return dict(chart.to_dict())


def _lying(rows: list[dict[str, Any]]) -> dict[str, Any]:
    # One row for each bar, named by its place: bars of one name would be put end to end, which is a sum.
    spelled = json.dumps([row["name"] for row in rows])
    names = alt.Axis(labelLimit=150, ticks=False, domain=False, labelExpr=f"{spelled}[datum.value]")
    # Room to the right of the longest bar for its label.
    scale = alt.Scale(domain=[0, max([row["value"] for row in rows] + [1]) * 1.45])
    bars = alt.Chart(_data(rows), width=WIDTH, height=ROW_HEIGHT * len(rows) + 10).encode(
        y=alt.Y("place:O", title=None, axis=names),
        x=alt.X("value:Q", title=None, axis=None, scale=scale),
    )
    labels = bars.mark_text(align="left", dx=4, color="currentColor").encode(text="label:N")
    return dict(alt.layer(bars.mark_bar(color=BAR_COLOUR), labels).to_dict())


def _data(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)
