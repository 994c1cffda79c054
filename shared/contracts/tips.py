"""Events that tips publishes on `tips.tip.v1`: those of the table of a tip, and `identity.accessed`."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.base import (
    Code,
    Count,
    EventData,
    Moment,
    Ordinal,
    ProfileId,
    Rating,
    RoleAddress,
    Sha256,
    TipId,
)
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import (
    AccessPurpose,
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


class TipEvent(EventData):
    """What every tip event carries, so that a subscriber counts without a join. Its subject is the tip."""

    TOPIC: ClassVar[str] = "tips.tip.v1"
    state: TipState
    category: Category
    received_at: Moment


class TipReceived(TipEvent):
    """A report was accepted. `deadlines` maps each running clock of the rule profile to when it is due."""

    TYPE: ClassVar[str] = "liengia.tip.received.v1"
    channel: Channel
    identity_mode: IdentityMode
    deadlines: dict[Code, Moment] = Field(max_length=16)
    profile: ProfileId | None = None
    occurred_at: Moment | None = None
    occurred_precision: OccurredPrecision | None = None


class TipClassified(TipEvent):
    """An officer said what the tip is. `pattern` names a way of doing it, such as `fake_police_call`."""

    TYPE: ClassVar[str] = "liengia.tip.classified.v1"
    classification: Classification
    harm: Harm
    dispute_type: DisputeType | None = None
    pattern: Code | None = None


class TipDeclined(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.declined.v1"
    reason: DeclineReason | None = None


class TipAssigned(TipEvent):
    """`assignee` is a role; who fills it never leaves tips."""

    TYPE: ClassVar[str] = "liengia.tip.assigned.v1"
    assignee: RoleAddress | None = None


class TipAttended(TipEvent):
    """Somebody reached the scene at `attended_at`."""

    TYPE: ClassVar[str] = "liengia.tip.attended.v1"
    attended_at: Moment


class TipReferredToMediation(TipEvent):
    """One case per `referral` (1, 2, …). `join_hash`: SHA-256 of the reporter's single-use join code."""

    TYPE: ClassVar[str] = "liengia.tip.referred_to_mediation.v1"
    referral: Ordinal
    dispute_type: DisputeType
    join_hash: Sha256


class TipReturned(TipEvent):
    """Mediation concluded without success: the tip is an officer's again."""

    TYPE: ClassVar[str] = "liengia.tip.returned.v1"
    referral: Ordinal
    outcome: MediationOutcome


class TipHandedOver(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.handed_over.v1"
    authority: Authority


class TipResolved(TipEvent):
    """`referral` is present when mediation resolved it, and names which referral did."""

    TYPE: ClassVar[str] = "liengia.tip.resolved.v1"
    referral: Ordinal | None = None


class TipFoundUnfounded(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.found_unfounded.v1"
    reason: UnfoundedReason | None = None


class TipReplied(TipEvent):
    """The reporter has an answer about `outcome`."""

    TYPE: ClassVar[str] = "liengia.tip.replied.v1"
    outcome: TipOutcome


class TipClosed(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.closed.v1"
    closed_by: ClosedBy
    outcome: TipOutcome | None = None


class TipRated(TipEvent):
    """1 (bad) to 5 (good), given once by the reporter."""

    TYPE: ClassVar[str] = "liengia.tip.rated.v1"
    rating: Rating


class TipHandoverResult(TipEvent):
    """What the authority made of it. Persons may be fewer than cases; neither is ever an identity."""

    TYPE: ClassVar[str] = "liengia.tip.handover_result.v1"
    result: HandoverResult
    case_count: Count | None = None
    person_count: Count | None = None


class TipReopened(TipEvent):
    """The reporter contested `outcome` in the appeal window."""

    TYPE: ClassVar[str] = "liengia.tip.reopened.v1"
    outcome: TipOutcome | None = None


class TipMessagePosted(TipEvent):
    """Somebody wrote in the mailbox; what was written never leaves it."""

    TYPE: ClassVar[str] = "liengia.tip.message_posted.v1"
    author: MessageAuthor


class TipInformationAdded(TipEvent):
    """`items` pieces of evidence came in."""

    TYPE: ClassVar[str] = "liengia.tip.information_added.v1"
    author: MessageAuthor
    items: Count


class TipDuplicateLinked(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.duplicate_linked.v1"
    duplicate_of: TipId


class TipDuplicateUnlinked(TipEvent):
    TYPE: ClassVar[str] = "liengia.tip.duplicate_unlinked.v1"
    duplicate_of: TipId


class TipDeadlineEvent(TipEvent):
    clock: Code
    due_at: Moment


class TipDeadlineExtended(TipDeadlineEvent):
    """A clock that may be extended was, to `due_at`."""

    TYPE: ClassVar[str] = "liengia.tip.deadline_extended.v1"
    previous_due_at: Moment | None = None


class TipDeadlineWarning(TipDeadlineEvent):
    TYPE: ClassVar[str] = "liengia.tip.deadline_warning.v1"


class TipDeadlineBreached(TipDeadlineEvent):
    TYPE: ClassVar[str] = "liengia.tip.deadline_breached.v1"


class TipErased(TipEvent):
    """Content and keys are gone; subscribers keep what they counted and drop what they copied."""

    TYPE: ClassVar[str] = "liengia.tip.erased.v1"
    reason: ErasureReason


class IdentityAccessed(TipEvent):
    """Two officers opened a sealed identity until `expires_at`: that it happened, never whose it was."""

    TYPE: ClassVar[str] = "liengia.identity.accessed.v1"
    purpose: AccessPurpose
    expires_at: Moment | None = None


EVENTS: tuple[type[EventData], ...] = (
    TipReceived,
    TipClassified,
    TipDeclined,
    TipAssigned,
    TipAttended,
    TipReferredToMediation,
    TipReturned,
    TipHandedOver,
    TipResolved,
    TipFoundUnfounded,
    TipReplied,
    TipClosed,
    TipRated,
    TipHandoverResult,
    TipReopened,
    TipMessagePosted,
    TipInformationAdded,
    TipDuplicateLinked,
    TipDuplicateUnlinked,
    TipDeadlineExtended,
    TipDeadlineWarning,
    TipDeadlineBreached,
    TipErased,
    IdentityAccessed,
)
