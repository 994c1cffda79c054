"""The shapes of the answers, for the OpenAPI document. Times are in UTC unless a shape says otherwise."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.tip_submission import Attachment, Place
from shared.contracts.vocabulary import (
    Authority,
    Category,
    Channel,
    Classification,
    DeclineReason,
    DisputeType,
    HandoverResult,
    Harm,
    IdentityMode,
    MessageAuthor,
    OccurredPrecision,
    TipOutcome,
    TipState,
    UnfoundedReason,
)


class Answer(BaseModel):
    """What this service answers holds these members and no others."""

    model_config = ConfigDict(extra="forbid")


class FirstDeadline(Answer):
    """`provisional`: the calendar of that day is not published yet, so the deadline may move."""

    clock: str
    due_at: datetime
    provisional: bool


class AcceptedReport(Answer):
    """What a reporter or an integration gets. The code is told here and nowhere else."""

    id: str
    receipt_code: str
    status: Literal["received"]
    clocks: list[FirstDeadline]


class PostedMessage(Answer):
    """`number` counts the messages of the tip."""

    number: int
    author: MessageAuthor
    at: datetime


class DialogueMessage(PostedMessage):
    text: str


class TipSummary(Answer):
    """A tip without its contents. `next_deadline` is the earliest that somebody still has to meet.

    `referral` counts the referrals to mediation; `mediation_outcome` is null while the latest one is open.
    """

    id: str
    version: int
    status: TipState
    area: str
    category: Category
    channel: Channel
    identity_mode: IdentityMode
    received_at: datetime
    restricted: Literal["inspectorate"] | None
    classification: Classification | None
    dispute_type: DisputeType | None
    harm: Harm | None
    pattern: str | None
    assigned_to: str | None
    referral: int
    mediation_outcome: MediationOutcome | None
    outcome: TipOutcome | None
    duplicate_of: str | None
    overdue: bool
    next_deadline: datetime | None


class TipList(Answer):
    items: list[TipSummary]
    next_cursor: str | None


class TipInFull(TipSummary):
    """A tip with its contents; `text` is null once it is erased. `actions` are an officer's lawful calls."""

    text: str | None
    place: Place | None
    attachments: list[Attachment]
    occurred_at: datetime | None
    occurred_precision: OccurredPrecision | None
    identity: Literal["sealed", "none"]
    messages: list[DialogueMessage]
    note: str | None
    reply: str | None
    decline_reason: DeclineReason | None
    unfounded_reason: UnfoundedReason | None
    handed_to: Authority | None
    handover_receipt_no: str | None
    handover_result: HandoverResult | None
    case_count: int | None
    person_count: int | None
    rating: int | None
    appeal_until: datetime | None
    classified_at: datetime | None
    assigned_at: datetime | None
    attended_at: datetime | None
    referred_at: datetime | None
    outcome_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    round: int
    actions: list[str]


class HistoryEntry(Answer):
    """`digest` = SHA-256(salt ‖ payload); `hash` covers the one before. Erased: payload and salt are null."""

    number: int
    time: datetime
    actor: str
    what: str
    payload: dict[str, Any] | None
    salt: str | None
    digest: str
    hash: str


class History(Answer):
    items: list[HistoryEntry]


class BothLanguages(Answer):
    vi: str
    en: str


class ClockInterval(Answer):
    """`from` and `to` are moments; `within` the length by the rule, or `ground` that of an extension."""

    starts: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")
    within: str | None = None
    ground: str | None = None


class ClockExtension(Answer):
    ground: str
    until: str
    granted_at: datetime
    granted_by: str
    reason: Literal["on_file"]


class ClockInFull(Answer):
    """A clock, its moments in the time zone of the rules. One not started leaves out what it lacks.

    `resumed_at`: mediation found the matter out of its scope, so the referral that had met this clock does
    not count.
    """

    clock: str
    owner: str
    rule: str
    round: int
    state: Literal["not_started", "running", "met", "breached"]
    starts_with: Literal["received", "outcome", "reply"]
    starts: datetime | None
    within: str
    working_days: bool
    remote_area: bool = False
    intervals: list[ClockInterval]
    pauses: list[ClockInterval]
    extensions: list[ClockExtension]
    due: datetime | None
    due_before_rolling: datetime | None = None
    provisional: bool = False
    warns: datetime | None = None
    met_at: datetime | None = None
    met_by: str | None = None
    resumed_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    why: BothLanguages


class ClockList(Answer):
    items: list[ClockInFull]


class ReportersClock(Answer):
    clock: str
    state: Literal["not_started", "running", "met", "breached"]
    due: datetime | None
    why: BothLanguages


class JoinMediation(Answer):
    """A single-use code with which the reporter joins the mediation, and what it is for."""

    join_code: str
    what_for: BothLanguages


class ReportersTip(Answer):
    """What a reporter sees of their tip; `may_contest_until` is null when it cannot be contested.

    `mediation` is there while the tip is referred, and null before and after.
    """

    status: TipState
    status_text: BothLanguages
    category: Category
    area: str
    received_at: datetime
    reply: str | None
    replied_at: datetime | None
    messages: list[DialogueMessage]
    clocks: list[ReportersClock]
    mediation: JoinMediation | None
    rating: int | None
    may_contest_until: datetime | None


class SubmissionKeys(Answer):
    """A JWK set (RFC 7517, section 5): public parts only, the current key first."""

    keys: list[dict[str, Any]]
