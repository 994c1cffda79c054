"""What the reporter may do once each: rate the handling, contest the outcome."""

from dataclasses import replace
from datetime import datetime

from services.tips.clocks.domain import engine
from services.tips.handling.domain.first_steps import with_officer
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import Rulebook
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter, refusal
from shared.decision import Decision
from shared.errors import Fault, Invalid

SCORES = range(1, 6)


def rate(tip: Tip, score: int, *, now: datetime) -> Decision[Tip]:
    """replied, closed: same state, `tip.rated` {rating}. `score` 1 (very bad) to 5 (very good), once in a
    tip's life."""
    status = enter(Call.rating, tip.status)
    if tip.rated_at is not None:
        raise refusal(Call.rating, tip.status, "this tip has been rated")
    if score not in SCORES:
        raise Invalid("the rating is not on the scale", (Fault("/rating", "must be 1 to 5"),))
    after = replace(tip, status=status, rating=score, rated_at=now)
    return told(after, "tip.rated", {"rating": score})


def may_contest_until(tip: Tip, now: datetime) -> datetime | None:
    """The end of the appeal window (UTC) while the reporter may still contest, else None."""
    until = tip.appeal_until
    if tip.contested_at is not None or until is None or now >= until + deadlines.LAST_SECOND:
        return None
    return until


def contest(tip: Tip, *, rules: Rulebook, now: datetime) -> Decision[Tip]:
    """replied, closed → reopened, `tip.reopened` {outcome: what is contested}: once, inside the appeal
    window, and to another officer.

    Whoever handled the round is barred from deciding again; the tip has no assignee until one is named; the
    clocks that start with receipt start anew. What the reporter wrote as reason is posted as a message of
    theirs.
    """
    status = enter(Call.contest, tip.status)
    if tip.contested_at is not None:
        raise refusal(Call.contest, tip.status, "this tip has been contested once")
    if may_contest_until(tip, now) is None:
        raise refusal(Call.contest, tip.status, "the appeal window has ended")
    barred = tip.handled_by if tip.assigned_to is None else with_officer(tip.handled_by, tip.assigned_to)
    started = engine.start(
        rules.of(tip.profile), "received", now, round_=tip.round + 1, remote_area=tip.remote_area
    )
    after = replace(
        tip,
        status=status,
        round=tip.round + 1,
        contested_at=now,
        barred=barred,
        handled_by=(),
        assigned_to=None,
        assigned_at=None,
        appeal_until=None,
        closed_at=None,
        closed_by=None,
        kept_until=None,
        identity_until=None,
        clocks=engine.meet(tip.clocks, Call.contest, now) + started,
    )
    contested = {} if tip.outcome is None else {"outcome": tip.outcome.value}
    return told(after, "tip.reopened", contested)
