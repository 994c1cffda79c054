"""An event in one plain sentence, worded from its data alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.notifications.sentences import SENTENCES
from services.notifications.terms import TERMS
from services.notifications.usecases.public import STATISTIC, areas_of
from shared.contracts.analytics import StatisticReported
from shared.contracts.vocabulary import Qualifier
from shared.events import Event
from shared.places import place_name
from shared.words import CATEGORIES, INDICATORS, Language, moment_in_words, period_in_words, quantity, word

_DUE: Final = ("due_at", "expires_at", "due_on")


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of a statistic, as `shared.words.quantity` says it."""

    value: float | int | None
    unit: str
    qualifier: Qualifier
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, reported: StatisticReported) -> "Figure":
        bounds = reported.range
        return cls(
            reported.value,
            reported.unit,
            reported.qualifier,
            bounds.low if bounds else None,
            bounds.high if bounds else None,
        )


def tell(event: Event, language: Language, zone: ZoneInfo) -> str:
    """The sentence for an event that keeps its contract. A type that has no sentence is named."""
    name = event.type.removeprefix("liengia.").rsplit(".v", 1)[0]
    return word(SENTENCES, name, language).format_map(_fields(event, language, zone))


def due_at(event: Event) -> str | None:
    """By when something is to be done, or until when an alert holds, as the event says it."""
    return next((str(event.data[name]) for name in _DUE if name in event.data), None)


def _fields(event: Event, language: Language, zone: ZoneInfo) -> Mapping[str, Any]:
    data = event.data
    told: dict[str, Any] = {**data, "areas": places_in_words(areas_of(event))}
    if "area" in data:
        told["area"] = place_name(str(data["area"]))
    told |= {name: word(words, str(data[name]), language) for name, words in TERMS.items() if name in data}
    if "category" in data:
        told["category"] = word(CATEGORIES, str(data["category"]), language)
    if (due := due_at(event)) is not None:
        told["due"] = in_words(due, language, zone)
    if "period" in data:
        told["period"] = period_in_words(str(data["period"]), language)
    if event.type == STATISTIC:
        reported = StatisticReported.read(data)
        told["indicator"] = word(INDICATORS, reported.indicator, language)
        told["quantity_in_words"] = quantity(Figure.of(reported), language)
    return told


def places_in_words(areas: Iterable[str]) -> str:
    return "; ".join(place_name(area) for area in areas)


def in_words(moment: str, language: Language, zone: ZoneInfo) -> str:
    """`2026-09-14T14:00:00Z` as 21:00 ngày 14/09/2026; a mere day without a time."""
    if len(moment) == len("2026-09-14"):
        return date.fromisoformat(moment).strftime("%d/%m/%Y" if language == "vi" else "%Y-%m-%d")
    return moment_in_words(datetime.fromisoformat(moment), language, zone)
