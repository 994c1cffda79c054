"""Which event type counts what: one table, read when a fact is made and when facts are folded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

# Where a fact comes from. A ward reports for each of them separately, and no indicator mixes two.
Source = Literal["tips", "mediation", "notices"]
SOURCES: Final[tuple[Source, ...]] = ("tips", "mediation", "notices")

LINKED: Final = "liengia.tip.duplicate_linked.v1"
UNLINKED: Final = "liengia.tip.duplicate_unlinked.v1"
ASSIGNED: Final = "liengia.mediation.assigned.v1"
SESSION_HELD: Final = "liengia.mediation.session_held.v1"
CONCLUDED: Final = "liengia.mediation.concluded.v1"
FOLLOW_UP_DUE: Final = "liengia.mediation.followup_due.v1"
PERFORMED: Final = "liengia.mediation.agreement_performed.v1"
PARTLY_PERFORMED: Final = "liengia.mediation.agreement_partly_performed.v1"
BREACHED: Final = "liengia.mediation.agreement_breached.v1"


@dataclass(frozen=True, slots=True)
class Counted:
    """What events of one type count.

    `act`: one occurrence of this count on the day it happened, once per aggregate and day.
    `course`: it belongs to the course of its aggregate, which is looked at as a whole (`courses.py`) and
    counts on the day it began.
    The others name fields of the event's `data`. `apart`: each of its words is an occurrence apart, and `{}`
    in `act` stands for it. `moment`: when something is due or took place. `points`: a number to add up.
    """

    act: str | None = None
    course: bool = False
    apart: str | None = None
    moment: str | None = None
    points: str | None = None


# Every other type is kept for the gap check and counted nowhere.
COUNTED: Final[Mapping[str, Counted]] = {
    "liengia.tip.received.v1": Counted("tip.received"),
    "liengia.tip.classified.v1": Counted("tip.classified"),
    "liengia.tip.declined.v1": Counted("tip.out_of_scope"),
    "liengia.tip.referred_to_mediation.v1": Counted("tip.referred"),
    "liengia.tip.handed_over.v1": Counted("tip.handed_over"),
    "liengia.tip.resolved.v1": Counted("tip.resolved"),
    "liengia.tip.found_unfounded.v1": Counted("tip.unfounded"),
    "liengia.tip.replied.v1": Counted("tip.replied"),
    "liengia.tip.closed.v1": Counted("tip.closed"),
    "liengia.tip.reopened.v1": Counted("tip.reopened"),
    "liengia.tip.deadline_warning.v1": Counted("deadline.warned", apart="clock"),
    "liengia.tip.deadline_breached.v1": Counted("deadline.breached", apart="clock"),
    "liengia.tip.rated.v1": Counted("tip.rated", points="rating"),
    LINKED: Counted(course=True),
    UNLINKED: Counted(course=True),
    "liengia.mediation.requested.v1": Counted("mediation.requested"),
    ASSIGNED: Counted(course=True, moment="start_by"),
    SESSION_HELD: Counted(course=True, moment="held_at"),
    CONCLUDED: Counted("mediation.{}", course=True, apart="outcome"),
    FOLLOW_UP_DUE: Counted(course=True, moment="due_at"),
    PERFORMED: Counted("mediation.agreements_performed", course=True),
    PARTLY_PERFORMED: Counted("mediation.agreements_partly_performed", course=True),
    BREACHED: Counted("mediation.agreements_breached", course=True),
    "liengia.alert.issued.v1": Counted("alert.issued"),
    "liengia.alert.cancelled.v1": Counted("alert.cancelled"),
}
NOTHING: Final = Counted()


def counted(event_type: str) -> Counted:
    return COUNTED.get(event_type, NOTHING)
