"""How long a closed tip is kept, and how it is forgotten (services/tips/README.md, "What is forgotten").

Periods come from `shared/rules/rules.yaml`, section tips.retention, counted from closing. An outcome without
a period (resolved) is kept until a lawful request, which a supervisor grants (section privacy). What can be
counted survives; words, people and the key do not.
"""

from dataclasses import replace
from datetime import datetime

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import TipRules
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter
from shared.contracts.vocabulary import ErasureReason, TipState
from shared.decision import Decision, Noted
from shared.errors import Conflict


def kept(tip: Tip, rules: TipRules, closed_at: datetime) -> Tip:
    """The tip with the moments until which its content and its reporter's identity are kept (UTC)."""
    period = None if tip.outcome is None else rules.retention.get(tip.outcome)
    identity = None if tip.reporter is None else rules.identity_after_close
    return replace(
        tip,
        kept_until=None if period is None else rules.calendar.due(closed_at, period).at,
        identity_until=None if identity is None else rules.calendar.due(closed_at, identity).at,
    )


def erases(tip: Tip, now: datetime) -> bool:
    """Whether `forget` at `now` erases the whole tip."""
    return deadlines.next_due(tip) is not None and _ended(tip.kept_until, now)


def forget(tip: Tip, *, now: datetime) -> Decision[Tip]:
    """What is due of a closed tip: the identity alone, noted in the history, or everything."""
    if _ended(tip.kept_until, now):
        return erase(tip, ErasureReason.RETENTION, now=now)
    if not _ended(tip.identity_until, now):
        return Decision(tip, next_due=deadlines.next_due(tip))
    after = replace(tip, reporter=None, identity_key=None, identity_until=None, identity_erased_at=now)
    return Decision(after, noted=(Noted("identity_erased"),), next_due=deadlines.next_due(after))


def ask(tip: Tip, *, rules: TipRules, now: datetime) -> Decision[Tip]:
    """The reporter asks for erasure, in any state but erased: noted, to be answered within the rule's time.

    A repeat changes nothing. Raises `Conflict(code="erased_already")`.
    """
    if tip.status is TipState.ERASED:
        raise Conflict("It has been erased.", code="erased_already")
    if tip.erasure_asked_at is not None:
        return Decision(tip, next_due=deadlines.next_due(tip))
    after = replace(tip, erasure_asked_at=now, erasure_due=rules.calendar.due(now, rules.erase_within).at)
    return Decision(after, noted=(Noted("erasure_asked"),), next_due=deadlines.next_due(after))


def erase_as_asked(tip: Tip, *, in_writing: bool, now: datetime) -> Decision[Tip]:
    """closed → erased, `tip.erased` {request}: a supervisor grants what was asked, here or `in_writing`.

    Raises `IllegalTransition`, `Conflict(code="erasure_not_asked")`.
    """
    enter(Call.erase, tip.status)
    if tip.erasure_asked_at is None and not in_writing:
        raise Conflict("The reporter has not asked for it with their code.", code="erasure_not_asked")
    return erase(tip, ErasureReason.REQUEST, now=now)


def erase(tip: Tip, reason: ErasureReason, *, now: datetime) -> Decision[Tip]:
    """closed → erased, `tip.erased` {reason}. With its keys gone, what was sealed opens nowhere."""
    after = replace(
        tip,
        status=enter(Call.erase, tip.status),
        key="",
        text="",
        place=None,
        reporter=None,
        identity_key=None,
        identity_requests=(),
        evidence=(),
        note=None,
        reply=None,
        handover_no=None,
        messages=(),
        kept_until=None,
        identity_until=None,
        erasure_due=None,
        erased_at=now,
        erased_because=reason,
    )
    return told(after, "tip.erased", {"reason": reason.value})


def _ended(until: datetime | None, now: datetime) -> bool:
    return until is not None and now >= until + deadlines.LAST_SECOND
