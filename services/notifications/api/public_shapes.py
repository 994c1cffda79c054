"""The shape of the public feed: JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), extended in
`_liengia`.
"""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from services.notifications.api.alert_shapes import Answer
from shared.contracts.cap import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from shared.contracts.vocabulary import Qualifier


class Bounds(Answer):
    low: float
    high: float


class AboutAlert(Answer):
    """One message of an alert, in the words of CAP 1.2. `replaces` is the id of the item before it."""

    kind: Literal["alert", "update", "cancel"]
    areas: list[str]
    alert: str
    replaces: str | None
    severity: AlertSeverity
    urgency: AlertUrgency
    certainty: AlertCertainty | None = None
    category: AlertCategory | None = None
    hazard: str
    onset: datetime | None = None
    expires_at: datetime


class AboutStatistic(Answer):
    """An attested figure: `value` null where `range` stands for it. Never add it to a count."""

    kind: Literal["statistic"]
    areas: list[str]
    indicator: str
    value: float | None
    unit: str
    qualifier: Qualifier
    range: Bounds | None
    period: str
    origin: Literal["attested"]
    as_of: datetime


class FeedItem(Answer):
    """`id` is the event's and never changes, nor does the item. Without a title where no text is known."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    url: str | None = None
    title: str | None = None
    content_text: str
    date_published: datetime
    language: Literal["vi", "en"]
    tags: list[str]
    liengia: AboutAlert | AboutStatistic = Field(alias="_liengia", discriminator="kind")


class JsonFeed(Answer):
    version: Literal["https://jsonfeed.org/version/1.1"]
    title: str
    description: str
    home_page_url: str
    feed_url: str
    next_url: str | None = None
    language: Literal["vi", "en"]
    items: list[FeedItem]
