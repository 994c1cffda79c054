"""A tip without its contents: what a list shows, and what a call answers."""

from datetime import datetime
from typing import Any

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.bench import Listed
from shared.outbox import Loaded


def summary(found: Loaded[Tip] | Listed, now: datetime) -> dict[str, Any]:
    """What may be shown of a tip to whoever may see it, its contents sealed. Overdue is judged by `now`."""
    tip = found.state
    return {
        "id": found.id,
        "version": found.version,
        "status": tip.status,
        "area": tip.area,
        "category": tip.category,
        "channel": tip.channel,
        "identity_mode": tip.identity_mode,
        "received_at": tip.received_at,
        "restricted": "inspectorate" if tip.restricted else None,
        "classification": tip.classification,
        "dispute_type": tip.dispute_type,
        "harm": tip.harm,
        "pattern": tip.pattern,
        "assigned_to": tip.assigned_to,
        "referral": tip.referral,
        "mediation_outcome": tip.mediation_outcome,
        "outcome": tip.outcome,
        "duplicate_of": tip.duplicate_of,
        "overdue": deadlines.overdue(tip, now),
        "next_deadline": min((clock.due for clock in deadlines.running(tip)), default=None),
    }
