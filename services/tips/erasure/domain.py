"""How long a closed tip is kept, and how it is forgotten (services/tips/README.md, "What is forgotten").

Periods come from `shared/rules/rules.yaml`, section tips.retention, counted from closing. An outcome without
a period (resolved) is kept until a lawful request. What can be counted survives; words, people and the key
do not.
"""

from dataclasses import replace
from datetime import datetime

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import TipRules
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter
from shared.contracts.vocabulary import ErasureReason
from shared.decision import Decision, Noted


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
        return erase(tip, ErasureReason.RETENTION)
    if not _ended(tip.identity_until, now):
        return Decision(tip, next_due=deadlines.next_due(tip))
    after = replace(tip, reporter=None, identity_key=None, identity_until=None)
    return Decision(after, noted=(Noted("identity_erased"),), next_due=deadlines.next_due(after))


def erase(tip: Tip, reason: ErasureReason) -> Decision[Tip]:
    """closed → erased, `tip.erased` {reason}. With `key` gone no copy or backup of what was sealed opens."""
    after = replace(
        tip,
        status=enter(Call.erase, tip.status),
        key="",
        text="",
        place=None,
        reporter=None,
        identity_key=None,
        identity_requests=(),
        note=None,
        reply=None,
        handover_no=None,
        messages=(),
        kept_until=None,
        identity_until=None,
    )
    return told(after, "tip.erased", {"reason": reason.value})


def _ended(until: datetime | None, now: datetime) -> bool:
    return until is not None and now >= until + deadlines.LAST_SECOND
