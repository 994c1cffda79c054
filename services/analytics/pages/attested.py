"""What the dashboard shows of attested figures: places, each with its figures and perhaps a chart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.analytics.domain.statistics import Statistic
from services.analytics.pages.charts import Bar, Chart
from shared.words import INDICATORS, UNITS, Language, period_in_words, qualified, quantity, word

_LEAST_BARS = 3


@dataclass(frozen=True, slots=True)
class Reported:
    """The attested figures of one place and period."""

    place: str
    rows: tuple[tuple[str, str, str, str], ...]
    chart: Chart | None


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
