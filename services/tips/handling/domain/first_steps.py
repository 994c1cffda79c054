"""What officers do with a tip before it ends: classify, decline, assign, attend."""

import re
from dataclasses import replace
from datetime import datetime

from services.tips.clocks.domain import engine
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import Rulebook
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter
from shared.contracts.vocabulary import (
    Category,
    Classification,
    DeclineReason,
    DisputeType,
    Harm,
    TipOutcome,
)
from shared.decision import Decision
from shared.errors import Conflict, Fault, Forbidden, Invalid

_PATTERN = re.compile(r"[a-z][a-z0-9_]{1,39}")


def classify(
    tip: Tip,
    classification: Classification,
    *,
    by: str,
    now: datetime,
    harm: Harm = Harm.UNKNOWN,
    dispute_type: DisputeType | None = None,
    pattern: str | None = None,
    category: Category | None = None,
) -> Decision[Tip]:
    """received, classified, reopened → classified, `tip.classified`. `category` corrects what the reporter
    chose.

    `dispute_type` belongs to a dispute and to nothing else; `pattern` is a snake_case word for a recurring
    way of acting. Raises `Invalid`, `IllegalTransition`, `Forbidden(code="another_officer_must_act")` on a
    contested tip.
    """
    status = enter(Call.classify, tip.status)
    require_not_barred(tip, by)
    faults = []
    if (classification is Classification.DISPUTE) != (dispute_type is not None):
        faults.append(Fault("/dispute_type", "is required for a dispute, and only there"))
    if pattern is not None and _PATTERN.fullmatch(pattern) is None:
        faults.append(Fault("/pattern", "must be a snake_case word of 2 to 40 characters"))
    if faults:
        raise Invalid("the classification is not complete", tuple(faults))
    chosen = category or tip.category
    after = replace(
        tip,
        status=status,
        category=chosen,
        restricted=tip.restricted or chosen is Category.OFFICER_MISCONDUCT,
        classification=classification,
        dispute_type=dispute_type,
        harm=harm,
        pattern=pattern,
        classified_at=now,
        handled_by=with_officer(tip.handled_by, by),
        clocks=engine.meet(tip.clocks, Call.classify, now),
    )
    return told(after, "tip.classified", by=by)


def decline(
    tip: Tip, reason: DeclineReason, *, by: str, rules: Rulebook, now: datetime, note: str | None = None
) -> Decision[Tip]:
    """received, classified, reopened → out_of_scope, `tip.declined` {reason}. `note`: sealed words; a
    supervisor samples these."""
    ended = end(tip, Call.decline, TipOutcome.OUT_OF_SCOPE, note=note, by=by, rules=rules, now=now)
    return told(replace(ended, decline_reason=reason), "tip.declined", {"reason": reason.value})


def end(
    tip: Tip, call: Call, outcome: TipOutcome, *, note: str | None, by: str, rules: Rulebook, now: datetime
) -> Tip:
    """What every ending by an officer shares: `ended`, and who ended it."""
    enter(call, tip.status)
    require_not_barred(tip, by)
    after = ended(tip, call, outcome, note=note, rules=rules, now=now)
    return replace(after, handled_by=with_officer(tip.handled_by, by))


def ended(
    tip: Tip, call: Call, outcome: TipOutcome, *, note: str | None, rules: Rulebook, now: datetime
) -> Tip:
    """What every ending shares: the state, clocks met, and the reply clock started.

    What an ending before a contest left is forgotten here; the case history keeps it.
    """
    status = enter(call, tip.status)
    started = engine.start(
        rules.of(tip.profile), "outcome", now, round_=tip.round, remote_area=tip.remote_area
    )
    return replace(
        tip,
        status=status,
        outcome=outcome,
        outcome_at=now,
        note=note,
        decline_reason=None,
        unfounded_reason=None,
        handed_to=None,
        handover_no=None,
        handover_result=None,
        handover_cases=None,
        handover_persons=None,
        clocks=engine.meet(tip.clocks, call, now) + started,
    )


def assign(tip: Tip, *, to: str, now: datetime) -> Decision[Tip]:
    """Any open state, `tip.assigned`. `to` is the subject of an officer's token.

    Raises `Conflict(code="same_officer")` when the tip was reopened against a decision of that officer.
    """
    status = enter(Call.assign, tip.status)
    if to in tip.barred:
        raise Conflict("a contested tip goes to another officer", code="same_officer")
    after = replace(tip, status=status, assigned_to=to, assigned_at=now)
    return told(after, "tip.assigned", to=to)


def attend(tip: Tip, *, by: str, now: datetime) -> Decision[Tip]:
    """Any open state, `tip.attended`: somebody reached the scene. `attended_at` keeps the first time."""
    status = enter(Call.attend, tip.status)
    after = replace(tip, status=status, attended_at=tip.attended_at or now)
    return told(after, "tip.attended", by=by)


def require_not_barred(tip: Tip, officer: str) -> None:
    """Raises `Forbidden(code="another_officer_must_act")` when the reporter contested this officer's
    decision."""
    if officer in tip.barred:
        raise Forbidden("the reporter contested a decision of this officer", code="another_officer_must_act")


def with_officer(officers: tuple[str, ...], officer: str) -> tuple[str, ...]:
    return officers if officer in officers else (*officers, officer)
