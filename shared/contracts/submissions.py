"""What integrations send in on the submission topics. None of it is a fact before its owner accepts it."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.base import AggregateId, Code, Count, IndicatorName, Moment, Period, Submission
from shared.contracts.vocabulary import Category, Qualifier

TIP_SUBMITTED = "liengia.tip.submitted.v1"
TIP_SUBMISSION_TOPIC = "tips.submission.v1"
# Five base64url parts (RFC 7516, section 7.1); the clear payload is tip_submission.SealedTipSubmission.
COMPACT_JWE_PATTERN = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){3}$"


class CommunitySubmission(Submission):
    TOPIC: ClassVar[str] = "community.submission.v1"


class PatrolSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.patrol_submitted.v1"
    started_at: Moment
    ended_at: Moment
    group_id: AggregateId | None = None
    participants: Count | None = None
    findings: Count | None = None


class GroupMeetingSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.group_meeting_submitted.v1"
    group_id: AggregateId
    held_at: Moment
    attendance: Count | None


class ModelSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.model_submitted.v1"
    kind: Code
    launched_on: date


class AssetSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.asset_submitted.v1"
    model_id: AggregateId
    kind: Code
    quantity: Count


class StatisticSubmitted(CommunitySubmission):
    """`value` 0 means that somebody looked and found none; null that nobody reported."""

    TYPE: ClassVar[str] = "liengia.statistic_submitted.v1"
    indicator: IndicatorName
    value: Annotated[float, Field(strict=True, ge=-1e15, le=1e15)] | None
    unit: Code
    qualifier: Qualifier
    period: Period


class OutreachSessionSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.outreach_session_submitted.v1"
    topic: Category | None = None
    held_at: Moment
    attendance: Count | None
    leaflets: Count | None = None


class PledgeSubmitted(CommunitySubmission):
    TYPE: ClassVar[str] = "liengia.pledge_submitted.v1"
    topic: Category | None = None
    households: Count | None
    recorded_at: Moment


SUBMISSIONS: tuple[type[Submission], ...] = (
    PatrolSubmitted,
    GroupMeetingSubmitted,
    ModelSubmitted,
    AssetSubmitted,
    StatisticSubmitted,
    OutreachSessionSubmitted,
    PledgeSubmitted,
)
