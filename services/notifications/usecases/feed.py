"""The public feed: alerts with their texts, and attested figures with their qualifiers, newest first.

An item is one event that went out, and never changes. An alert that was updated or cancelled has one more,
which names the item that it replaces.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from services.notifications.usecases.alert_desk import Lookup
from services.notifications.usecases.feed_items import alert_item, statistic_item, untold_item
from services.notifications.usecases.public import ALERTS, PUBLIC_TYPES, areas_of
from shared.areas import area_covers, areas_meet
from shared.events import Event
from shared.words import Language


@dataclass(frozen=True, slots=True)
class Published:
    """A public event as it is kept. `at` is when it came here."""

    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """Newest first. `area`: what concerns it. `after` is (time, id) of the last one of the page before."""

    limit: int
    area: str | None = None
    types: Collection[str] = PUBLIC_TYPES
    after: tuple[datetime, str] | None = None


class Items(Protocol):
    """Where public events are kept. Raises Unavailable when it is away."""

    async def find(self, query: Query) -> Sequence[Published]: ...


@dataclass(frozen=True, slots=True)
class FeedDesk:
    """`zone` is that of the times in words."""

    items: Items
    alerts: Lookup
    zone: ZoneInfo

    async def worded(self, events: Sequence[Event], language: Language) -> list[dict[str, Any]]:
        """Items of JSON Feed 1.1 without their addresses, in the order of `events`. Raises Unavailable."""
        known = await self.alerts.by_ids(sorted({one.subject for one in events if one.type in ALERTS}))
        worded = []
        for event in events:
            if event.type not in ALERTS:
                worded.append(statistic_item(event, language))
                continue
            alert, number = known.get(event.subject), event.sequence or 0
            if alert is None or not 0 < number <= len(alert.messages):
                worded.append(untold_item(event, language, self.zone))
            else:
                worded.append(alert_item(event, alert, alert.messages[number - 1], language, self.zone))
        return worded


def concerns(event: Event, area: str) -> bool:
    """Whether a public event belongs into the feed of `area`: figures of it and of what lies below it, and
    every alert that is given to somebody there.
    """
    fits = areas_meet if event.type in ALERTS else area_covers
    return any(fits(area, one) for one in areas_of(event))
