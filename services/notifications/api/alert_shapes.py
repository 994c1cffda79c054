"""The shapes of the answers about alerts, for the OpenAPI document. Times are in UTC."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.notifications.domain.alert_table import AlertState, MessageKind
from shared.contracts.cap import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from shared.contracts.vocabulary import Category


class Answer(BaseModel):
    """What this service answers holds these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Said(Answer):
    """`en` is null when the author gave none."""

    vi: str
    en: str | None


class AlertMessage(Answer):
    """`number` n is the alert's event n. The last three are null for the public."""

    number: int
    kind: MessageKind
    sent_at: datetime | None
    severity: AlertSeverity
    urgency: AlertUrgency
    certainty: AlertCertainty
    onset: datetime | None
    expires_at: datetime
    headline: Said
    description: Said | None
    instruction: Said
    drafted_at: datetime | None
    drafted_by: str | None
    approved_by: str | None


class AlertSummary(Answer):
    """`current`: issued, neither cancelled nor expired. `message` is what stands; `waiting` the kind of the
    draft that waits, null for the public.
    """

    id: str
    version: int | None
    status: AlertState
    current: bool
    expired: bool
    areas: list[str]
    hazard: str
    category: AlertCategory
    topic: Category | None
    issued_at: datetime | None
    changed_at: datetime | None
    message: AlertMessage | None
    waiting: MessageKind | None


class AlertList(Answer):
    items: list[AlertSummary]
    next_cursor: str | None


class AlertInFull(AlertSummary):
    """`messages` are all that went out. `draft` and `actions` are empty for the public."""

    messages: list[AlertMessage]
    draft: AlertMessage | None
    actions: list[str]
