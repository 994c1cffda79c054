"""What a bulletin shows: the alerts that stand, those that do not any more, and attested figures by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.notifications.domain.alert_table import AlertState
from services.notifications.terms import TERMS
from services.notifications.usecases import feed
from services.notifications.usecases.alert_desk import Listed
from services.notifications.usecases.alert_desk import Query as AlertQuery
from services.notifications.usecases.feed import FeedDesk
from services.notifications.usecases.feed_items import in_language
from services.notifications.usecases.public import STATISTIC
from services.notifications.usecases.telling import Figure, in_words, places_in_words
from shared.contracts.analytics import StatisticReported
from shared.contracts.cap import AlertSeverity
from shared.places import place_name
from shared.words import INDICATORS, Language, period_in_words, quantity, word

MOST_CURRENT: Final = 100
MOST_PAST: Final = 20
MOST_FIGURES: Final = 300


@dataclass(frozen=True, slots=True)
class Notice:
    """What an alert says last, in words. `language` is that of its texts; `state` is current, expired or
    cancelled; `sent` and `until` are local times.
    """

    alert: str
    state: str
    language: Language
    headline: str
    description: str
    instruction: str
    severity: str
    urgency: str
    places: str
    sent: str
    until: str


@dataclass(frozen=True, slots=True)
class FigureLine:
    """`figure` is never without its qualifier: `trên 15.000 lượt người`."""

    indicator: str
    figure: str
    period: str


@dataclass(frozen=True, slots=True)
class Place:
    """The attested figures of one area, the newest first."""

    area: str
    name: str
    figures: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    current: tuple[Notice, ...]
    past: tuple[Notice, ...]
    places: tuple[Place, ...]


async def bulletin(desk: FeedDesk, language: Language, *, now: datetime, area: str | None = None) -> Bulletin:
    """`area`: only what concerns it. Raises Unavailable."""
    current = await desk.alerts.find(AlertQuery(now, MOST_CURRENT, area=area, current=True))
    past = await desk.alerts.find(AlertQuery(now, MOST_PAST, area=area, current=False))
    figures = await desk.items.find(feed.Query(MOST_FIGURES, area, {STATISTIC}))
    return Bulletin(
        tuple(_notice(desk, one, now, language) for one in sorted(current, key=_gravity)),
        tuple(_notice(desk, one, now, language) for one in past),
        _places([StatisticReported.read(one.event.data) for one in figures], language),
    )


def _gravity(listed: Listed) -> int:
    """The worst first; among equals, as found, the newest."""
    return list(AlertSeverity).index(listed.alert.messages[-1].content.severity)


def _notice(desk: FeedDesk, listed: Listed, now: datetime, language: Language) -> Notice:
    alert = listed.alert
    message = alert.messages[-1]
    said = message.content
    spoken: Language = "vi" if said.headline.en is None else language
    ended = "cancelled" if alert.status is AlertState.CANCELLED else "expired"
    sent = message.sent_at or message.drafted_at
    return Notice(
        alert=listed.id,
        state="current" if alert.stands(now) else ended,
        language=spoken,
        headline=in_language(said.headline, spoken),
        description=in_language(said.description, spoken),
        instruction=in_language(said.instruction, spoken),
        severity=word(TERMS["severity"], said.severity.value, language),
        urgency=word(TERMS["urgency"], said.urgency.value, language),
        places=places_in_words(alert.areas),
        sent=in_words(sent.isoformat(), language, desk.zone),
        until=in_words(said.expires_at.isoformat(), language, desk.zone),
    )


def _places(figures: Sequence[StatisticReported], language: Language) -> tuple[Place, ...]:
    places: dict[str, list[FigureLine]] = {}
    for one in figures:
        line = FigureLine(
            word(INDICATORS, one.indicator, language),
            quantity(Figure.of(one), language),
            period_in_words(one.period, language),
        )
        places.setdefault(one.area, []).append(line)
    return tuple(Place(area, place_name(area), tuple(lines)) for area, lines in sorted(places.items()))
