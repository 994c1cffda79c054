"""What the events of one tip or one case say together. It counts on the day the tip or the case began, since
every event of it carries that day: so the fold of that day sees all of them, in whatever order they came.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from services.analytics.domain.counted import (
    ASSIGNED,
    BREACHED,
    CONCLUDED,
    FOLLOW_UP_DUE,
    LINKED,
    PARTLY_PERFORMED,
    PERFORMED,
    SESSION_HELD,
    UNLINKED,
)
from services.analytics.domain.facts import Fact
from services.analytics.domain.periods import day_in_viet_nam

DUPLICATES: Final = "tip.duplicate"
IN_TIME: Final = "mediation.started_in_time"
LATE: Final = "mediation.started_late"
LOOKED_AT: Final = "mediation.agreements_looked_at"
HELD: Final = "mediation.agreements_held"

# What "held" means here, not a deadline of the law: rules may ask for other follow-ups.
HELD_AFTER: Final = timedelta(days=90)
_JUDGEMENTS: Final = (PERFORMED, PARTLY_PERFORMED, BREACHED)


def outcome_of_course(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """Pairs of count and kind that one aggregate adds, each once. `facts` are its own, by sequence."""
    yield from _standing_duplicate(facts)
    yield from _start(facts)
    yield from _agreement(facts)


def _standing_duplicate(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """The last of the links and unlinks says whether a tip stands as a duplicate."""
    last = _last(facts, LINKED, UNLINKED)
    if last is not None and last.type == LINKED:
        yield DUPLICATES, last.kind


def _start(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """The first session against the `start_by` of the assignment that was in force when it was written down;
    that it took place earlier than it was written down counts. `start_by` names the last second in time.

    A case without such an assignment (mediated on the spot) and one that has not started are neither.
    """
    first = next((fact for fact in facts if fact.type == SESSION_HELD), None)
    if first is None:
        return
    assigned = _last([fact for fact in facts if fact.sequence < first.sequence], ASSIGNED)
    if assigned is not None and assigned.moment is not None:
        took_place = (first.moment or first.at).replace(microsecond=0)
        yield (IN_TIME if took_place <= assigned.moment else LATE), first.kind


def _agreement(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """An agreement is looked at once it is judged, or once mediation said that a follow-up 90 days or more
    after the conclusion is due; it held if its last judgement is `performed`.
    """
    judged = _last(facts, *_JUDGEMENTS)
    concluded = _last(facts, CONCLUDED)
    if judged is not None:
        yield LOOKED_AT, judged.kind
        if judged.type == PERFORMED:
            yield HELD, judged.kind
    elif concluded is not None and any(
        fact.type == FOLLOW_UP_DUE
        and fact.moment is not None
        and day_in_viet_nam(fact.moment) >= concluded.day + HELD_AFTER
        for fact in facts
    ):
        yield LOOKED_AT, concluded.kind


def _last(facts: Sequence[Fact], *types: str) -> Fact | None:
    return next((fact for fact in reversed(facts) if fact.type in types), None)
