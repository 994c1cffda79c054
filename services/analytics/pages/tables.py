"""What the dashboard shows: rows of tables and bars of charts, made from the answers that the JSON gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.analytics.domain.counted import SOURCES, Source
from services.analytics.domain.indicators import INDICATORS as DEFINED
from services.analytics.pages.charts import Bar, Chart
from shared.dispute_words import DISPUTE_TYPES
from shared.words import (
    CATEGORIES,
    INDICATORS,
    UNITS,
    Language,
    Words,
    number,
    word,
)

OUTCOMES = ("tip.resolved", "tip.handed_over", "tip.unfounded", "tip.out_of_scope")
ENDS = ("mediation.successful", "mediation.ended", "mediation.out_of_scope")
JUDGEMENTS = (
    "mediation.agreements_performed",
    "mediation.agreements_partly_performed",
    "mediation.agreements_breached",
)
NOBODY = {"vi": "chưa có báo cáo", "en": "nobody reported"}
NOTHING = {"vi": "không có gì để tính", "en": "nothing to take it of"}
POINTS = {"vi": "điểm %", "en": "points"}
HEADINGS: Mapping[Source, Mapping[Language, str]] = {
    "tips": {"vi": "Tin báo", "en": "Tips"},
    "mediation": {"vi": "Hòa giải", "en": "Mediation"},
    "notices": {"vi": "Cảnh báo", "en": "Alerts"},
}
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is written with its unit; `change` against the compared period, "" without one."""

    name: str
    value: str
    change: str = ""
    reporting: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, a chart, and a table of the same figures. `heard`: whether anybody reported at all."""

    title: str
    chart: Chart | None
    rows: tuple[Row, ...]
    heard: bool


def value_in_words(figure: Mapping[str, Any], language: Language) -> str:
    if figure["value"] is None:
        return (NOTHING if figure["reporting"]["received"] else NOBODY)[language]
    unit = word(UNITS, figure["unit"], language)
    return f"{number(figure['value'], language)}{'' if unit == '%' else ' '}{unit}"


def overview(items: Sequence[Item], language: Language) -> list[tuple[str, list[Row]]]:
    """Every indicator of the period, with its change and how many wards report, by what it is about."""
    rows: dict[Source, list[Row]] = {source: [] for source in SOURCES}
    for item in items:
        figure = item["figure"]
        reporting = f"{figure['reporting']['received']}/{figure['reporting']['expected']}"
        name = word(INDICATORS, item["indicator"], language)
        row = Row(name, value_in_words(figure, language), _change(item, language), reporting)
        rows[DEFINED[item["indicator"]].source].append(row)
    return [(HEADINGS[source][language], mine) for source, mine in rows.items()]


def broken(items: Sequence[Item], language: Language) -> str:
    """Why the area is not the area it is compared with; "" where it is."""
    breaks = [item["comparison"]["break"] for item in items if item.get("comparison")]
    return next((one["why"][language] for one in breaks if one), "")


def by_day(items: Sequence[Item], language: Language) -> Part:
    title = {"vi": "Tin báo đã tiếp nhận theo ngày", "en": "Tips received by day"}[language]
    names = [_short_day(item["group"]["key"], language) for item in items]
    return _part(title, names, items, language, upright=True)


def outcomes(items: Sequence[Item], language: Language) -> Part:
    """Four outcomes side by side, never summed."""
    return _beside({"vi": "Kết quả xử lý", "en": "Outcomes"}[language], OUTCOMES, items, language)


def mediated(items: Sequence[Item], language: Language) -> Part:
    """How cases ended: three figures side by side, never summed."""
    return _beside({"vi": "Kết quả hòa giải", "en": "How mediation ended"}[language], ENDS, items, language)


def kept(items: Sequence[Item], language: Language) -> Part:
    title = {"vi": "Việc thực hiện thỏa thuận", "en": "How agreements were kept"}[language]
    return _beside(title, JUDGEMENTS, items, language)


def by_category(items: Sequence[Item], language: Language) -> Part:
    title = {"vi": "Tin báo đã tiếp nhận theo loại việc", "en": "Tips received by category"}[language]
    return _most_first(title, CATEGORIES, items, language)


def by_dispute(items: Sequence[Item], language: Language) -> Part:
    title = {"vi": "Vụ hòa giải theo loại mâu thuẫn", "en": "Cases by kind of dispute"}[language]
    return _most_first(title, DISPUTE_TYPES, items, language)


def _beside(title: str, indicators: Sequence[str], items: Sequence[Item], language: Language) -> Part:
    chosen = [item for name in indicators for item in items if item["indicator"] == name]
    names = [word(INDICATORS, item["indicator"], language) for item in chosen]
    return _part(title, names, chosen, language)


def _most_first(title: str, kinds: Words, items: Sequence[Item], language: Language) -> Part:
    """Kinds that were found, most first."""
    chosen = sorted(
        (item for item in items if item["figure"]["value"]), key=lambda item: -int(item["figure"]["value"])
    )
    names = [word(kinds, item["group"]["key"], language) for item in chosen]
    names = [name[:1].upper() + name[1:] for name in names]
    heard = any(item["figure"]["value"] is not None for item in items)
    return _part(title, names, chosen, language, heard=heard)


def _part(
    title: str,
    names: Sequence[str],
    items: Sequence[Item],
    language: Language,
    *,
    upright: bool = False,
    heard: bool = True,
) -> Part:
    figures = [item["figure"] for item in items]
    bars = tuple(
        Bar(
            name,
            figure["value"],
            NOBODY[language] if figure["value"] is None else number(figure["value"], language),
        )
        for name, figure in zip(names, figures, strict=True)
    )
    rows = tuple(
        Row(name, value_in_words(figure, language)) for name, figure in zip(names, figures, strict=True)
    )
    return Part(title, Chart(title, bars, upright) if bars else None, rows, heard)


def _change(item: Item, language: Language) -> str:
    comparison = item.get("comparison")
    if comparison is None or comparison["difference"] is None:
        return "" if comparison is None else "—"
    sign = "+" if comparison["difference"] > 0 else ""
    shown = f"{sign}{number(comparison['difference'], language)}"
    if item["figure"]["unit"] == "percent":
        return f"{shown} {POINTS[language]}"
    if comparison["percent"] is None:
        return shown
    return f"{shown} ({sign}{number(comparison['percent'], language)}%)"


def _short_day(day: str, language: Language) -> str:
    return f"{day[8:]}/{day[5:7]}" if language == "vi" else day[5:]
