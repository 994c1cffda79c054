"""Events that notifications publishes on `notifications.notice.v1`: what was said to whom, as counts; never
to which person.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.base import AggregateId, Area, Code, Count, EventData, Moment, Ordinal
from shared.contracts.cap import AlertCertainty, AlertSeverity, AlertUrgency
from shared.contracts.vocabulary import Category, Channel


class FailureReason(StrEnum):
    """Why a delivery failed for good."""

    ADDRESS_UNKNOWN = "address_unknown"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    EXPIRED = "expired"
    QUOTA = "quota"
    OTHER = "other"


class NoticeEvent(EventData):
    """`topic` is the tip category that the notice is about, where it is about one."""

    TOPIC: ClassVar[str] = "notifications.notice.v1"
    topic: Category | None = None


class CampaignApproved(NoticeEvent):
    """Approved by somebody other than its author; `planned` recipients over `channels`."""

    TYPE: ClassVar[str] = "liengia.campaign.approved.v1"
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=17)]
    planned: Count | None = None


class CampaignCompleted(NoticeEvent):
    TYPE: ClassVar[str] = "liengia.campaign.completed.v1"
    targeted: Count
    delivered: Count
    failed: Count
    read_count: Count | None = None
    understood: Count | None = None
    not_understood: Count | None = None


class AlertEvent(NoticeEvent):
    """One CAP message. `area` is the widest area; `areas` lists all when there are several."""

    severity: AlertSeverity
    urgency: AlertUrgency
    certainty: AlertCertainty | None = None
    hazard: Code
    expires_at: Moment
    areas: Annotated[tuple[Area, ...], Field(max_length=200)] = ()


class AlertIssued(AlertEvent):
    TYPE: ClassVar[str] = "liengia.alert.issued.v1"


class AlertUpdated(AlertEvent):
    """`update` counts the updates of this alert."""

    TYPE: ClassVar[str] = "liengia.alert.updated.v1"
    update: Ordinal


class AlertCancelled(AlertEvent):
    TYPE: ClassVar[str] = "liengia.alert.cancelled.v1"


class DeliveryBatchCompleted(NoticeEvent):
    TYPE: ClassVar[str] = "liengia.delivery.batch_completed.v1"
    channel: Channel
    targeted: Count
    delivered: Count
    failed: Count
    read_count: Count | None = None
    notice_id: AggregateId | None = None


class DeliveryFailed(NoticeEvent):
    TYPE: ClassVar[str] = "liengia.delivery.failed.v1"
    channel: Channel
    reason: FailureReason
    attempts: Ordinal
    notice_id: AggregateId | None = None


class OutreachSessionRecorded(NoticeEvent):
    """Attendances, not persons: somebody who came twice counts twice."""

    TYPE: ClassVar[str] = "liengia.outreach.session_recorded.v1"
    held_at: Moment
    attendance: Count | None
    leaflets: Count | None = None


class PledgeRecorded(NoticeEvent):
    TYPE: ClassVar[str] = "liengia.pledge.recorded.v1"
    households: Count | None
    recorded_at: Moment


class DialogueHeld(NoticeEvent):
    """An opinion voiced is an issue to answer, stored without its speaker; here only how many there were."""

    TYPE: ClassVar[str] = "liengia.dialogue.held.v1"
    held_at: Moment
    attendance: Count | None
    issues: Count
    answered: Count


EVENTS: tuple[type[EventData], ...] = (
    CampaignApproved,
    CampaignCompleted,
    AlertIssued,
    AlertUpdated,
    AlertCancelled,
    DeliveryBatchCompleted,
    DeliveryFailed,
    OutreachSessionRecorded,
    PledgeRecorded,
    DialogueHeld,
)
