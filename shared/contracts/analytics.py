"""Events that analytics publishes on `analytics.signal.v1`: activities, attested figures, and what stands out
in them.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.base import (
    AggregateId,
    Code,
    Count,
    EventData,
    IndicatorName,
    Moment,
    Ordinal,
    Period,
    RoleAddress,
    Shape,
)
from shared.contracts.vocabulary import Category, Origin, Qualifier


class ReportFormat(StrEnum):
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


Measure = Annotated[float, Field(ge=-1e15, le=1e15)]
Probability = Annotated[float, Field(ge=0, le=1)]


class SignalEvent(EventData):
    TOPIC: ClassVar[str] = "analytics.signal.v1"


class PatrolRecorded(SignalEvent):
    TYPE: ClassVar[str] = "liengia.patrol.recorded.v1"
    started_at: Moment
    ended_at: Moment
    group_id: AggregateId | None = None
    participants: Count | None = None
    findings: Count | None = None


class GroupMeetingHeld(SignalEvent):
    TYPE: ClassVar[str] = "liengia.group.meeting_held.v1"
    group_id: AggregateId
    held_at: Moment
    attendance: Count | None


class ModelLaunched(SignalEvent):
    """A community model (`kind`, such as `public_fire_point`) began to work."""

    TYPE: ClassVar[str] = "liengia.model.launched.v1"
    model_id: AggregateId
    kind: Code
    launched_on: date


class ModelAssetAdded(SignalEvent):
    TYPE: ClassVar[str] = "liengia.model.asset_added.v1"
    model_id: AggregateId
    kind: Code
    quantity: Count


class Reporting(Shape):
    """How many reports were expected for a figure, and how many came."""

    expected: Count
    received: Count


class Bounds(Shape):
    """The ends of an order of magnitude, both included: "hàng trăm" is 100 to 999."""

    low: Measure
    high: Measure


class StatisticReported(SignalEvent):
    """A figure of which nil is said, not assumed: `value` 0 means that somebody looked and found none,
    null that nobody reported, or that `range` stands for it. `qualifier` goes wherever the value goes. The
    quote behind it stays with analytics.
    """

    TYPE: ClassVar[str] = "liengia.statistic.reported.v1"
    indicator: IndicatorName
    value: Measure | None
    unit: Code
    qualifier: Qualifier
    origin: Origin
    period: Period
    as_of: Moment
    range: Bounds | None = None
    reporting: Reporting | None = None
    suppressed: bool = False


class TrendDetected(SignalEvent):
    """More than usual of `category` in the last `window_days`; `q_value` after correction for many
    comparisons.
    """

    TYPE: ClassVar[str] = "liengia.trend.detected.v1"
    category: Category
    window_days: Ordinal
    observed: Count
    baseline: Measure
    q_value: Probability | None = None


class HotspotDetected(SignalEvent):
    """Incidents of `category` cluster in `area`: an area key, never a coordinate."""

    TYPE: ClassVar[str] = "liengia.hotspot.detected.v1"
    category: Category
    window_days: Ordinal
    observed: Count
    expected: Measure
    p_value: Probability | None = None


class GroupInactive(SignalEvent):
    """No meeting in `days` days: an offer of support, not a reproach."""

    TYPE: ClassVar[str] = "liengia.group.inactive.v1"
    group_id: AggregateId
    days: Count


class PlanTaskEvent(SignalEvent):
    plan_id: AggregateId
    task: Ordinal
    owner: RoleAddress
    due_on: date


class PlanTaskDue(PlanTaskEvent):
    TYPE: ClassVar[str] = "liengia.plan.task_due.v1"


class PlanTaskOverdue(PlanTaskEvent):
    TYPE: ClassVar[str] = "liengia.plan.task_overdue.v1"


class PlanTaskDone(PlanTaskEvent):
    TYPE: ClassVar[str] = "liengia.plan.task_done.v1"
    done_on: date


class ScorecardSigned(SignalEvent):
    """Signed by somebody other than who assessed; `score` of `out_of` points, null when it could not be
    given.
    """

    TYPE: ClassVar[str] = "liengia.scorecard.signed.v1"
    criteria_set: Code
    period: Period
    score: Measure | None
    out_of: Measure


class ReportPublished(SignalEvent):
    TYPE: ClassVar[str] = "liengia.report.published.v1"
    period: Period
    formats: Annotated[tuple[ReportFormat, ...], Field(min_length=1, max_length=5)]


EVENTS: tuple[type[EventData], ...] = (
    PatrolRecorded,
    GroupMeetingHeld,
    ModelLaunched,
    ModelAssetAdded,
    StatisticReported,
    TrendDetected,
    HotspotDetected,
    GroupInactive,
    PlanTaskDue,
    PlanTaskOverdue,
    PlanTaskDone,
    ScorecardSigned,
    ReportPublished,
)
