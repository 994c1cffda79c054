"""What a tip is. Frozen values; every decision returns a new `Tip`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import (
    AccessPurpose,
    AttachmentKind,
    Authority,
    Category,
    Channel,
    Classification,
    ClosedBy,
    DeclineReason,
    DisputeType,
    ErasureReason,
    HandoverResult,
    Harm,
    IdentityMode,
    MessageAuthor,
    OccurredPrecision,
    TipOutcome,
    TipState,
    UnfoundedReason,
)

OPEN = frozenset(TipState) - {TipState.CLOSED, TipState.ERASED}
"""Still somebody's work: clocks fire and officers may be assigned."""


@dataclass(frozen=True, slots=True)
class Extension:
    """`until` is the local day granted, `before` the due time it replaced, `reason` sealed text."""

    ground: str
    until: date
    before: datetime
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One running of one named clock. Times in UTC.

    `round` 1 is the tip's first handling, 2 the one after a contest. `starts` names the moment it began
    with. `unrolled` differs from `due` when the last day was not a working day. `due` counts as kept up to
    its whole second. `resumed_at`: when it became clear that the referral which had met it does not count.
    """

    name: str
    owner: str
    profile: str
    round: int
    starts: Literal["received", "outcome", "reply"]
    started_at: datetime
    within: str
    working_days: bool
    due: datetime
    unrolled: datetime
    provisional: bool
    warn_at: datetime
    remote: bool = False
    extensions: tuple[Extension, ...] = ()
    met_at: datetime | None = None
    met_by: str | None = None
    resumed_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the dialogue. `number` counts 1, 2, 3 … in the tip; `text` is sealed, `size` its plain
    characters.

    `mark` tells a repeated call: a keyed hash of what its sender named it by, never the name itself.
    """

    number: int
    author: MessageAuthor
    at: datetime
    text: str
    size: int
    mark: str | None = None


class LegalBasis(StrEnum):
    """On what an identity is opened. To be reviewed by a lawyer with the rule profiles."""

    REPORTER_CONSENT = "reporter_consent"
    PROTECTION_OF_LIFE = "protection_of_life"
    CRIMINAL_PROCEDURE = "criminal_procedure"
    DENUNCIATION_LAW = "denunciation_law"
    COURT_ORDER = "court_order"


@dataclass(frozen=True, slots=True)
class IdentityRequest:
    """An officer's request to open the reporter's identity; `by` is its only viewer, `reason` sealed text.

    It lapses at `approve_until`; once approved it is open until `expires_at`. `looks` are the moments at
    which it was opened. `mark` tells a repeated call, as that of a message does.
    """

    number: int
    by: str
    purpose: AccessPurpose
    legal_basis: LegalBasis
    reason: str
    at: datetime
    approve_until: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    expires_at: datetime | None = None
    looks: tuple[datetime, ...] = ()
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One stored file: `size` in plain bytes. Its content is sealed piece by piece under the tip's key."""

    id: str
    size: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file that somebody added. `copy`, of type `media_type`, is what is shown: without metadata.
    `original` is what came, None where keeping it would identify an anonymous reporter. `sha256` of what
    came is sealed, for it may be known elsewhere. `mark` tells a repeated call.
    """

    number: int
    author: MessageAuthor
    at: datetime
    kind: AttachmentKind
    media_type: str
    sha256: str
    copy: StoredFile
    original: StoredFile | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Tip:
    """`key` is the wrapped data key; `text`, `place`, `note`, `reply` and messages are sealed under it, and
    `reporter` under `identity_key`: a key of its own, so that it can be destroyed by itself.

    `handled_by` are the officers who decided something in this round, `barred` those of the round that was
    contested: a reopened tip goes to another officer. `restricted` stays once the tip has been about an
    officer's misconduct.

    `referral` counts the referrals to mediation, `mediation_outcome` is how the latest one ended.

    From closing on `kept_until` and `identity_until` say how long content and identity are kept.
    """

    status: TipState
    area: str
    category: Category
    channel: Channel
    identity_mode: IdentityMode
    received_at: datetime
    profile: str
    receipt_hash: str
    key: str
    text: str
    place: str | None = None
    reporter: str | None = None
    identity_key: str | None = None
    occurred_at: datetime | None = None
    occurred_precision: OccurredPrecision | None = None
    remote_area: bool = False
    restricted: bool = False
    round: int = 1
    clocks: tuple[Clock, ...] = ()
    classification: Classification | None = None
    dispute_type: DisputeType | None = None
    harm: Harm | None = None
    pattern: str | None = None
    classified_at: datetime | None = None
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    attended_at: datetime | None = None
    handled_by: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    referral: int = 0
    referred_at: datetime | None = None
    mediation_outcome: MediationOutcome | None = None
    outcome: TipOutcome | None = None
    outcome_at: datetime | None = None
    decline_reason: DeclineReason | None = None
    unfounded_reason: UnfoundedReason | None = None
    note: str | None = None
    handed_to: Authority | None = None
    handover_no: str | None = None
    handover_result: HandoverResult | None = None
    handover_cases: int | None = None
    handover_persons: int | None = None
    reply: str | None = None
    replied_at: datetime | None = None
    appeal_until: datetime | None = None
    closed_at: datetime | None = None
    closed_by: ClosedBy | None = None
    kept_until: datetime | None = None
    identity_until: datetime | None = None
    identity_erased_at: datetime | None = None
    erasure_asked_at: datetime | None = None
    erasure_due: datetime | None = None
    erased_at: datetime | None = None
    erased_because: ErasureReason | None = None
    rating: int | None = None
    rated_at: datetime | None = None
    contested_at: datetime | None = None
    duplicate_of: str | None = None
    messages: tuple[Message, ...] = ()
    identity_requests: tuple[IdentityRequest, ...] = ()
    evidence: tuple[Evidence, ...] = ()
