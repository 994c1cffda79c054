"""What a case is. Frozen values; every decision returns a new `Case`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shared.contracts.case_vocabulary import (
    CaseState,
    MediationGround,
    MediationOutcome,
    ScopeDecision,
    ScopeGround,
)
from shared.contracts.vocabulary import Authority, Category, DisputeType

OPEN = frozenset(CaseState) - {CaseState.CLOSED, CaseState.ERASED}
"""Still somebody's work."""


class EndReason(StrEnum):
    """Why talks ended without agreement. It never leaves the service: outside there is one word, `ended`."""

    UNSUCCESSFUL = "unsuccessful"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Judgement(StrEnum):
    """Whether a term of the agreement was kept."""

    PERFORMED = "performed"
    PARTLY_PERFORMED = "partly_performed"
    BREACHED = "breached"


class ChosenBy(StrEnum):
    PARTIES = "parties"
    TEAM_HEAD = "team_head"


@dataclass(frozen=True, slots=True)
class Party:
    """`number` counts 1, 2, 3 … in the case. `identity` is sealed; `code_mark` is the keyed hash of the code
    with which the party looks in; `mark` tells a repeated call.

    `agreed_at` None: has not agreed yet. A refusal ends the case and needs no mark of its own.
    """

    number: int
    identity: str
    code_mark: str
    mark: str
    reporter: bool = False
    agreed_at: datetime | None = None
    attempts: int = 0
    last_attempt_at: datetime | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """`attended` are numbers of parties; `place` and `note` are sealed."""

    number: int
    held_at: datetime
    attended: tuple[int, ...]
    place: str | None = None
    note: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the agreement. `text` is sealed; `owners` are the parties who must keep it by `due`."""

    number: int
    text: str
    owners: tuple[int, ...]
    due: date | None = None
    judgement: Judgement | None = None
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A look at the agreement that the rules ask for: announced (`fired_at`), then had (`done_at`)."""

    number: int
    due_at: datetime
    fired_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A call that is not to be carried out again: the keyed marks of its Idempotency-Key and of its body."""

    mark: str
    body: str


@dataclass(frozen=True, slots=True)
class Case:
    """`key` is the wrapped data key under which identities, places, notes and terms are sealed.

    `tip_id` and `referral` are there when a tip brought the case, `join_hash` until its reporter has come.
    `mediator` and `barred` are mediators as `<team id>/<number>`, `mediator_subject` the subject of the
    assigned one's token; None after an objection, until another is named.
    """

    status: CaseState
    area: str
    dispute_type: DisputeType
    ground: MediationGround
    requested_at: datetime
    profile: str
    key: str
    category: Category | None = None
    tip_id: str | None = None
    referral: int | None = None
    join_hash: str | None = None
    parties: tuple[Party, ...] = ()
    scope: ScopeDecision | None = None
    scope_ground: ScopeGround | None = None
    next_body: Authority | None = None
    accepted_at: datetime | None = None
    mediator: str | None = None
    mediator_subject: str | None = None
    chosen_by: ChosenBy | None = None
    assigned_at: datetime | None = None
    start_by: datetime | None = None
    barred: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    outcome: MediationOutcome | None = None
    end_reason: EndReason | None = None
    concluded_at: datetime | None = None
    terms: tuple[Term, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    held: Judgement | None = None
    closed_at: datetime | None = None
    kept_until: datetime | None = None
    done: tuple[Done, ...] = ()
