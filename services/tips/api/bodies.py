"""The bodies of officers' and reporters' calls. Unknown members are refused, so that no typing error passes
unnoticed.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from services.tips.domain.mediation import ConsentMeans
from services.tips.domain.outcomes import MAX_COUNT
from services.tips.domain.rules import LIMITS
from shared.contracts.base import Moment, Shape, TipId
from shared.contracts.base import Rating as Points
from shared.contracts.tip_submission import Text
from shared.contracts.vocabulary import (
    Authority,
    Category,
    Classification,
    DeclineReason,
    DisputeType,
    HandoverResult,
    Harm,
    UnfoundedReason,
)

Note = Annotated[str, Field(min_length=1, max_length=LIMITS.reason), Text]
Said = Annotated[str, Field(min_length=1, max_length=LIMITS.message), Text]
Answer = Annotated[str, Field(min_length=1, max_length=LIMITS.reply), Text]
Reported = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]


class Nothing(Shape):
    """`{}`: the call itself says it all."""


class Classify(Shape):
    """`category` corrects what the reporter chose; `dispute_type` goes with a dispute and with nothing
    else.
    """

    classification: Classification
    harm: Harm = Harm.UNKNOWN
    dispute_type: DisputeType | None = None
    pattern: Annotated[str, Field(max_length=40)] | None = None
    category: Category | None = None


class ScopeAnswers(Shape):
    """What is asked at referral. Each must be answered; one `true` keeps the matter out of mediation."""

    state_or_public_interest: StrictBool
    must_be_prosecuted: StrictBool
    must_be_sanctioned: StrictBool
    barred_by_law: StrictBool


class Consent(Shape):
    """How and when the reporter agreed to the referral."""

    how: ConsentMeans
    at: Moment


class ReferToMediation(Shape):
    """`consent` is required where the reporter is a party of the dispute, and only there."""

    scope: ScopeAnswers
    reporter_is_party: StrictBool
    consent: Consent | None = None


class Assign(Shape):
    """`to` is the subject of an officer's token."""

    to: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S+$")]


class Extend(Shape):
    """`until` is the last day granted; `ground` one that the rule profile names for this clock."""

    clock: Annotated[str, Field(min_length=1, max_length=40)]
    ground: Annotated[str, Field(min_length=1, max_length=40)]
    until: date
    reason: Note


class LinkDuplicate(Shape):
    duplicate_of: TipId


class Decline(Shape):
    reason: DeclineReason
    note: Note | None = None


class Handover(Shape):
    """`receipt_no` is the number under which the authority took it."""

    authority: Authority
    receipt_no: Annotated[str, Field(pattern=r"^[0-9A-Za-zĐđ][0-9A-Za-zĐđ./-]{0,39}$")] | None = None
    note: Note | None = None


class Resolve(Shape):
    note: Note | None = None


class FindUnfounded(Shape):
    reason: UnfoundedReason
    note: Note | None = None


class ReportResult(Shape):
    """Counts are those of the authority; left out when it gave none."""

    result: HandoverResult
    case_count: Reported | None = None
    person_count: Reported | None = None


class Reply(Shape):
    text: Answer


class Message(Shape):
    text: Said


class Rating(Shape):
    """1 (very bad) to 5 (very good)."""

    rating: Points


class Contest(Shape):
    reason: Said | None = None
