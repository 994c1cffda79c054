"""Which words of an alert leave on Kafka: what hazard, where, how grave, until when. Its texts do not:
they are read at the public feed and at `GET /alerts/{id}`, where they can be corrected.
"""

from services.notifications.domain.alert_table import MessageKind
from services.notifications.domain.alerts import Alert, widest
from shared.contracts.base import EventData
from shared.contracts.notifications import AlertCancelled, AlertIssued, AlertUpdated
from shared.decision import Happened

SOURCE = "/services/notifications"

_MODELS: dict[str, type[EventData]] = {
    "alert.issued": AlertIssued,
    "alert.updated": AlertUpdated,
    "alert.cancelled": AlertCancelled,
}


def word_alert(alert_id: str, alert: Alert, happened: Happened) -> EventData:
    """The public event of a message that went out. Raises KeyError for an event without a contract."""
    said = alert.latest.content
    told: dict[str, object] = {
        "area": widest(alert.areas),
        "areas": alert.areas if len(alert.areas) > 1 else (),
        "state": alert.status.value,
        "topic": alert.topic,
        "severity": said.severity,
        "urgency": said.urgency,
        "certainty": said.certainty,
        "hazard": alert.hazard,
        "expires_at": said.expires_at,
    }
    if happened.name == "alert.updated":
        told["update"] = sum(message.kind is MessageKind.UPDATE for message in alert.messages)
    return _MODELS[happened.name].model_validate(told)


def word_nothing(id: str, state: object, happened: Happened) -> EventData:
    """For aggregates that nobody outside hears of. Raises LookupError: a decision of theirs has no event."""
    raise LookupError(f"{happened.name} leaves nowhere")
