"""Events as notifications and analytics publish them, for tests of those who pass them on."""

from datetime import datetime
from typing import Any

from shared.contracts import check
from shared.events import Event
from tests.support.tip_events import MORNING, tip_id

WARD = "99/99001"


def statistic_event(number: int = 1, *, at: datetime = MORNING, **fields: Any) -> Event:
    """`liengia.statistic.reported.v1`: over 15,000 attendances, attested."""
    data = {
        "area": WARD,
        "state": "reported",
        "indicator": "outreach.participants",
        "value": 15000,
        "unit": "attendance",
        "qualifier": "more_than",
        "origin": "attested",
        "period": "2026-Q3",
        "as_of": at.isoformat(),
        **fields,
    }
    return _event("statistic.reported", f"stat_{tip_id(number)[4:]}", 1, at, data, "/services/analytics")


def alert_event(
    what: str = "issued", number: int = 1, *, sequence: int = 1, at: datetime = MORNING, **fields: Any
) -> Event:
    """`liengia.alert.<what>.v1`: a flash flood."""
    data = {
        "area": WARD,
        "state": "cancelled" if what == "cancelled" else "issued",
        "severity": "severe",
        "urgency": "immediate",
        "hazard": "flash_flood",
        "expires_at": "2026-09-14T14:00:00Z",
        **({"update": 1} if what == "updated" else {}),
        **fields,
    }
    subject = f"alert_{tip_id(number)[4:]}"
    return _event(f"alert.{what}", subject, sequence, at, data, "/services/notifications")


def _event(name: str, subject: str, sequence: int, at: datetime, data: dict[str, Any], source: str) -> Event:
    kind = f"liengia.{name}.v1"
    check(kind, data)
    return Event(f"{subject}:{sequence}", kind, source, subject, at, sequence, data)
