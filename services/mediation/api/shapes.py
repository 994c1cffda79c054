"""The shapes of the answers, for the OpenAPI document. Times are in UTC."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.mediation.domain.state import ChosenBy, EndReason, Judgement
from shared.contracts.case_vocabulary import (
    CaseState,
    MediationGround,
    MediationOutcome,
    ScopeDecision,
    ScopeGround,
)
from shared.contracts.vocabulary import Authority, DisputeType


class Answer(BaseModel):
    """What this service answers holds these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Deadline(Answer):
    what: Literal["start", "answer", "follow_up"]
    due: datetime


class CaseSummary(Answer):
    """`version`, `mediator`, `deadline`, `overdue`, `actions` are null for who may read the summary alone."""

    id: str
    version: int | None
    state: CaseState
    area: str
    dispute_type: DisputeType
    ground: MediationGround
    requested_at: datetime
    tip_id: str | None
    referral: int | None
    outcome: MediationOutcome | None
    concluded_at: datetime | None
    closed_at: datetime | None
    mediator: str | None
    deadline: Deadline | None
    overdue: bool | None
    actions: list[str] | None


class CaseList(Answer):
    items: list[CaseSummary]
    next_cursor: str | None


class PartyCode(Answer):
    """The code is told here and nowhere else: hand it to the party."""

    party: int
    code: str


class OpenedCase(CaseSummary):
    codes: list[PartyCode]


class ShownParty(Answer):
    number: int
    name: str | None
    phone: str | None
    address: str | None
    statement: str | None
    reporter: bool
    agreed_at: datetime | None
    attempts: int
    rating: int | None


class ShownSession(Answer):
    number: int
    held_at: datetime
    attended: list[int]
    place: str | None
    note: str | None
    stopped: bool


class ShownTerm(Answer):
    number: int
    text: str | None
    owners: list[int]
    due: date | None
    judgement: Judgement | None
    judged_at: datetime | None


class ShownFollowUp(Answer):
    number: int
    due_at: datetime
    done_at: datetime | None


class Contents(Answer):
    """What stays between the parties and the team."""

    scope: ScopeDecision | None
    scope_ground: ScopeGround | None
    next_body: Authority | None
    parties: list[ShownParty]
    waits_for_reporter: bool
    accepted_at: datetime | None
    chosen_by: ChosenBy | None
    assigned_at: datetime | None
    start_by: datetime | None
    barred: list[str]
    sessions: list[ShownSession]
    end_reason: EndReason | None
    terms: list[ShownTerm]
    follow_ups: list[ShownFollowUp]
    held: Judgement | None


class CaseInFull(CaseSummary):
    """`contents` for the case's head and mediator, null for everybody else."""

    contents: Contents | None


class LogEntry(Answer):
    """`hash` covers the entry before it and the digest of the payload; `salt` and `payload` go on erasure."""

    number: int
    time: datetime
    actor: str
    what: str
    payload: dict[str, Any] | None
    salt: str | None
    digest: str
    hash: str


class Logbook(Answer):
    items: list[LogEntry]


class ShownMediator(BaseModel):
    """`name`, `subject` and the number of `interests` are shown to the team's head alone."""

    number: int
    woman: bool
    minority: bool
    name: str | None = None
    subject: str | None = None
    interests: int | None = None


class ShownTeam(Answer):
    """`lacks`: what today's rules ask for and the team does not have; empty when it may mediate."""

    id: str
    version: int
    area: str
    name: str
    minority_area: bool
    lacks: list[str]
    mediators: list[ShownMediator]


class TeamList(Answer):
    items: list[ShownTeam]
    next_cursor: str | None


class Joined(Answer):
    """`code` is the party's own from now on, for `Authorization: Receipt <code>`."""

    case_id: str
    code: str


class InWords(Answer):
    vi: str
    en: str


class PartySession(Answer):
    number: int
    held_at: datetime
    place: str | None


class PartyTerm(Answer):
    number: int
    text: str | None
    mine: bool
    due: date | None
    judgement: Judgement | None


class PartyCase(Answer):
    """What a party sees of their case."""

    state: CaseState
    state_text: InWords
    dispute_type: DisputeType
    area: str
    requested_at: datetime
    party: int
    agreed_at: datetime | None
    start_by: datetime | None
    sessions: list[PartySession]
    terms: list[PartyTerm]
    rating: int | None
