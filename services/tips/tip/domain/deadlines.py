"""What a tip's clocks say: which still run, which are overdue, when something next fires.

The engine that starts, meets and fires them is `services/tips/clocks`.
"""

from datetime import datetime, timedelta

from services.tips.tip.domain.state import OPEN, Clock, Tip
from shared.contracts.vocabulary import TipState

APPEAL = "appeal_window"
LAST_SECOND = timedelta(seconds=1)
"""A deadline of 23:59:59 is kept through that second, so it has passed one second later."""


def passed(clock: Clock, at: datetime) -> bool:
    """Whether `at` lies after the clock's due second."""
    return at >= clock.due + LAST_SECOND


def running(tip: Tip) -> tuple[Clock, ...]:
    """The clocks that somebody still has to meet."""
    if tip.status not in OPEN:
        return ()
    return tuple(clock for clock in tip.clocks if clock.met_at is None and clock.name != APPEAL)


def overdue(tip: Tip, at: datetime) -> bool:
    """Whether a clock that somebody still has to meet has run out."""
    return any(passed(clock, at) for clock in running(tip))


def next_due(tip: Tip) -> datetime | None:
    """The earliest moment at which a mark of the tip fires (UTC), None when none will."""
    if tip.status is TipState.CLOSED:
        ends = [end + LAST_SECOND for end in (tip.kept_until, tip.identity_until) if end is not None]
        return min(ends, default=None)
    if tip.status not in OPEN:
        return None
    moments = [moment for clock in tip.clocks if (moment := next_mark(clock)) is not None]
    if tip.status is TipState.REPLIED and tip.appeal_until is not None:
        moments.append(tip.appeal_until + LAST_SECOND)
    return min(moments, default=None)


def next_mark(clock: Clock) -> datetime | None:
    """When the clock next warns or breaches (UTC), None when it will not any more."""
    if clock.name == APPEAL or clock.met_at is not None or clock.breached_at is not None:
        return None
    return clock.due + LAST_SECOND if clock.warned_at is not None else clock.warn_at
