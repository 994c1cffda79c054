"""What the dashboard shows: rows of tables and bars of charts, made from the answers that the JSON gives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.analytics.domain.statistics import Statistic
from services.analytics.pages.charts import Bar, Chart
from shared.words import (
    CATEGORIES,
    INDICATORS,
    UNITS,
    Language,
    number,
    period_in_words,
    qualified,
    quantity,
    word,
)

OUTCOMES = ("tip.resolved", "tip.handed_over", "tip.unfounded", "tip.out_of_scope")
NOBODY = {"vi": "chưa có báo cáo", "en": "nobody reported"}
_LEAST_BARS = 3
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
    """A heading, a chart, and a table of the same figures."""

    title: str
    chart: Chart | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """The attested figures of one place and period."""

    place: str
    rows: tuple[tuple[str, str, str, str], ...]
    chart: Chart | None


def value_in_words(figure: Mapping[str, Any], language: Language) -> str:
    if figure["value"] is None:
        return NOBODY[language]
    unit = word(UNITS, figure["unit"], language)
    return f"{number(figure['value'], language)}{'' if unit == '%' else ' '}{unit}"


def overview(items: Sequence[Item], language: Language) -> tuple[Row, ...]:
    """Every indicator of the period, with its change and how many wards report."""
    rows = []
    for item in items:
        figure = item["figure"]
        reporting = f"{figure['reporting']['received']}/{figure['reporting']['expected']}"
        name = word(INDICATORS, item["indicator"], language)
        change = _change(item.get("comparison"), language)
        rows.append(Row(name, value_in_words(figure, language), change, reporting))
    return tuple(rows)


def by_day(items: Sequence[Item], language: Language) -> Part:
    title = {"vi": "Tin báo đã tiếp nhận theo ngày", "en": "Tips received by day"}[language]
    names = [_short_day(item["group"]["key"], language) for item in items]
    return _part(title, names, items, language, upright=True)


def outcomes(items: Sequence[Item], language: Language) -> Part:
    """Four outcomes side by side, never summed."""
    title = {"vi": "Kết quả xử lý", "en": "Outcomes"}[language]
    chosen = [item for name in OUTCOMES for item in items if item["indicator"] == name]
    names = [word(INDICATORS, item["indicator"], language) for item in chosen]
    return _part(title, names, chosen, language)


def by_category(items: Sequence[Item], language: Language) -> Part:
    """Categories that were reported, most first."""
    title = {"vi": "Tin báo đã tiếp nhận theo loại việc", "en": "Tips received by category"}[language]
    chosen = sorted(
        (item for item in items if item["figure"]["value"]), key=lambda item: -int(item["figure"]["value"])
    )
    names = [word(CATEGORIES, item["group"]["key"], language) for item in chosen]
    return _part(title, names, chosen, language)


def reported(statistics: Sequence[Statistic], names: Mapping[str, str], language: Language) -> list[Reported]:
    """Attested figures by place; a chart where several are of one unit, since unlike units share no axis."""
    places: dict[str, list[Statistic]] = {}
    for one in statistics:
        places.setdefault(names.get(one.area) or one.place or one.area, []).append(one)
    return [
        Reported(
            place,
            tuple(
                (
                    word(INDICATORS, one.indicator, language),
                    quantity(one, language),
                    period_in_words(one.period, language),
                    one.quote or "",
                )
                for one in mine
            ),
            _alike(mine, language),
        )
        for place, mine in places.items()
    ]


def _alike(statistics: Sequence[Statistic], language: Language) -> Chart | None:
    units: dict[str, list[Statistic]] = {}
    for one in statistics:
        if one.value is not None and one.value >= 0:
            units.setdefault(one.unit, []).append(one)
    most = max(units.values(), key=len, default=[])
    if len(most) < _LEAST_BARS:
        return None
    most.sort(key=lambda one: -(one.value or 0))
    often = Counter(one.indicator for one in most)
    bars = tuple(
        Bar(
            _bar_name(one, language, often[one.indicator] > 1),
            one.value,
            qualified(one.value or 0, one.qualifier, language),
        )
        for one in most
    )
    return Chart(word(UNITS, most[0].unit, language), bars)


def _bar_name(one: Statistic, language: Language, of_many: bool) -> str:
    """Figures of one indicator are told apart by their period, which stands first: long names are cut."""
    name = word(INDICATORS, one.indicator, language)
    return f"{period_in_words(one.period, language)}: {name}" if of_many else name


def _part(
    title: str, names: Sequence[str], items: Sequence[Item], language: Language, *, upright: bool = False
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
    return Part(title, Chart(title, bars, upright) if bars else None, rows)


def _change(comparison: Mapping[str, Any] | None, language: Language) -> str:
    if comparison is None or comparison["difference"] is None:
        return "" if comparison is None else "—"
    sign = "+" if comparison["difference"] > 0 else ""
    shown = f"{sign}{number(comparison['difference'], language)}"
    if comparison["percent"] is None:
        return shown
    return f"{shown} ({sign}{number(comparison['percent'], language)}%)"


def _short_day(day: str, language: Language) -> str:
    return f"{day[8:]}/{day[5:7]}" if language == "vi" else day[5:]
