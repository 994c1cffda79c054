"""The bodies of officers' calls. Unknown members are refused, so that no typing error passes
unnoticed.
"""

from typing import Annotated

from pydantic import Field

from services.tips.handling.domain.outcomes import MAX_COUNT
from services.tips.tip.api import Note
from services.tips.tip.domain.rules import LIMITS
from shared.contracts.base import Shape
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

Answer = Annotated[str, Field(min_length=1, max_length=LIMITS.reply), Text]
Reported = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]


class Classify(Shape):
    """`category` corrects what the reporter chose; `dispute_type` goes with a dispute and with nothing
    else.
    """

    classification: Classification
    harm: Harm = Harm.UNKNOWN
    dispute_type: DisputeType | None = None
    pattern: Annotated[str, Field(max_length=40)] | None = None
    category: Category | None = None


class Assign(Shape):
    """`to` is the subject of an officer's token."""

    to: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S+$")]


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
