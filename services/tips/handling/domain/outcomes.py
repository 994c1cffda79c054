"""How a tip ends and after: hand over, resolve, find unfounded, reply, close, the authority's result."""

from dataclasses import replace
from datetime import datetime

from services.tips.clocks.domain import engine
from services.tips.erasure.domain import kept
from services.tips.handling.domain.first_steps import end, require_not_barred, with_officer
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import LIMITS, Rulebook
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter, refusal
from shared.contracts.vocabulary import (
    Authority,
    ClosedBy,
    HandoverResult,
    TipOutcome,
    UnfoundedReason,
)
from shared.decision import Decision
from shared.errors import Fault, Invalid

MAX_COUNT = 100_000


def handover(
    tip: Tip,
    authority: Authority,
    *,
    by: str,
    rules: Rulebook,
    now: datetime,
    receipt_no: str | None = None,
    note: str | None = None,
) -> Decision[Tip]:
    """classified → handed_over, `tip.handed_over` {authority}. `receipt_no`: the number under which it was
    taken, kept inside."""
    ended = end(tip, Call.handover, TipOutcome.HANDED_OVER, note=note, by=by, rules=rules, now=now)
    after = replace(ended, handed_to=authority, handover_no=receipt_no)
    return told(after, "tip.handed_over", {"authority": authority.value})


def resolve(tip: Tip, *, by: str, rules: Rulebook, now: datetime, note: str | None = None) -> Decision[Tip]:
    """classified → resolved, `tip.resolved`. `note`: sealed, what was done."""
    return told(
        end(tip, Call.resolve, TipOutcome.RESOLVED, note=note, by=by, rules=rules, now=now), "tip.resolved"
    )


def find_unfounded(
    tip: Tip, reason: UnfoundedReason, *, by: str, rules: Rulebook, now: datetime, note: str | None = None
) -> Decision[Tip]:
    """classified → unfounded, `tip.found_unfounded` {reason}. `note`: sealed words."""
    ended = end(tip, Call.find_unfounded, TipOutcome.UNFOUNDED, note=note, by=by, rules=rules, now=now)
    return told(replace(ended, unfounded_reason=reason), "tip.found_unfounded", {"reason": reason.value})


def reply(tip: Tip, *, text: str, size: int, by: str, rules: Rulebook, now: datetime) -> Decision[Tip]:
    """handed_over, resolved, unfounded, out_of_scope → replied, `tip.replied`; the appeal window opens.
    `text` is sealed, `size` its plain characters."""
    status = enter(Call.reply, tip.status)
    require_not_barred(tip, by)
    if not 1 <= size <= LIMITS.reply:
        raise Invalid(
            "the reply is empty or too long", (Fault("/text", f"must have 1 to {LIMITS.reply} characters"),)
        )
    after = replace(
        answered(tip, Call.reply, text, rules=rules, now=now),
        status=status,
        handled_by=with_officer(tip.handled_by, by),
    )
    outcome = {} if tip.outcome is None else {"outcome": tip.outcome.value}
    return told(after, "tip.replied", outcome, by=by)


def answered(tip: Tip, call: Call, text: str, *, rules: Rulebook, now: datetime) -> Tip:
    """What every answer to the reporter shares: the sealed `text`, clocks met, the appeal window begun."""
    started = engine.start(rules.of(tip.profile), "reply", now, round_=tip.round, remote_area=tip.remote_area)
    until = next((clock.due for clock in started if clock.name == deadlines.APPEAL), None)
    return replace(
        tip,
        reply=text,
        replied_at=now,
        appeal_until=until,
        clocks=engine.meet(tip.clocks, call, now) + started,
    )


def close(tip: Tip, *, rules: Rulebook, now: datetime, by: ClosedBy = ClosedBy.OFFICER) -> Decision[Tip]:
    """replied → closed, `tip.closed` {closed_by}. An officer may close early; the reporter's appeal window
    runs on all the same, and what is kept begins to be kept for its time."""
    status = enter(Call.close, tip.status)
    after = replace(tip, status=status, closed_at=now, closed_by=by)
    return told(kept(after, rules.of(tip.profile), now), "tip.closed", {"closed_by": by.value})


def handover_result(
    tip: Tip, result: HandoverResult, *, now: datetime, cases: int | None = None, persons: int | None = None
) -> Decision[Tip]:
    """handed_over, replied, closed after a handover: same state, `tip.handover_result` {result,
    case_count?, person_count?}.

    Counts are 0 or more; None means nobody reported one. A later result replaces an earlier one (a case may
    follow a sanction).
    """
    status = enter(Call.handover_result, tip.status)
    if tip.outcome is not TipOutcome.HANDED_OVER:
        raise refusal(Call.handover_result, tip.status, "this tip was not handed over")
    counts = {"case_count": cases, "person_count": persons}
    faults = tuple(
        Fault(f"/{name}", f"must be 0 to {MAX_COUNT}")
        for name, count in counts.items()
        if count is not None and not 0 <= count <= MAX_COUNT
    )
    if faults:
        raise Invalid("the counts are not possible", faults)
    after = replace(
        tip,
        status=status,
        handover_result=result,
        handover_cases=cases,
        handover_persons=persons,
        clocks=engine.meet(tip.clocks, Call.handover_result, now),
    )
    facts: dict[str, object] = {"result": result.value, **{k: v for k, v in counts.items() if v is not None}}
    return told(after, "tip.handover_result", facts)
