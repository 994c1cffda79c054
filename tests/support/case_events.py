"""Events as mediation and notifications publish them, for tests of those who count them."""

from datetime import datetime, timedelta
from typing import Any

from shared.contracts import check
from shared.events import Event
from tests.support.tip_events import MORNING, later, letters

_CASE: dict[str, dict[str, Any]] = {
    "requested": {"state": "requested", "ground": "party_request"},
    "scope_decided": {"state": "consent_pending", "decision": "in"},
    "accepted": {"state": "accepted"},
    "assigned": {"state": "assigned"},
    "session_held": {"state": "in_session", "session": 1},
    "concluded": {"state": "following_up", "outcome": "successful"},
    "followup_due": {"state": "following_up", "follow_up": 3},
    "agreement_performed": {"state": "following_up"},
    "agreement_partly_performed": {"state": "following_up"},
    "agreement_breached": {"state": "following_up"},
    "closed": {"state": "closed"},
    "rated": {"state": "closed", "rating": 4},
}
_ALERT = {"severity": "severe", "urgency": "immediate", "hazard": "flood"}


def case_id(number: int) -> str:
    return f"case_{letters(number)}"


def case_event(
    what: str,
    *,
    case: int = 1,
    sequence: int = 1,
    area: str = "99/99001/tdp-4",
    at: datetime = MORNING,
    requested_at: datetime = MORNING,
    dispute_type: str = "noise",
    **fields: Any,
) -> Event:
    """A valid event `liengia.mediation.<what>.v1`."""
    kind = f"liengia.mediation.{what}.v1"
    data = {
        **_CASE[what],
        "area": area,
        "dispute_type": dispute_type,
        "requested_at": requested_at.isoformat(),
        **{
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in fields.items()
        },
    }
    check(kind, data)
    subject = case_id(case)
    return Event(f"{subject}:{sequence}", kind, "/services/mediation", subject, at, sequence, data)


def alert_event(
    what: str, *, alert: int = 1, sequence: int = 1, area: str = "99/99001", at: datetime = MORNING
) -> Event:
    """A valid event `liengia.alert.<what>.v1`."""
    kind = f"liengia.alert.{what}.v1"
    data = {**_ALERT, "area": area, "state": what, "expires_at": later(days=1).isoformat()}
    check(kind, data)
    subject = f"alert_{letters(alert)}"
    return Event(f"{subject}:{sequence}", kind, "/services/notifications", subject, at, sequence, data)


def life_of_a_case(case: int, *, start: datetime = MORNING, **options: Any) -> list[Event]:
    """A case that starts in time, ends in an agreement and is performed at its 90-day follow-up."""
    told: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("requested", 0, {}),
        ("assigned", 2, {"start_by": start + timedelta(days=5)}),
        ("session_held", 4, {}),
        ("concluded", 4, {}),
        ("followup_due", 94, {"due_at": start + timedelta(days=94)}),
        ("agreement_performed", 95, {}),
        ("closed", 95, {}),
    )
    return [
        case_event(
            what,
            case=case,
            sequence=sequence,
            at=start + timedelta(days=days),
            requested_at=start,
            **options,
            **fields,
        )
        for sequence, (what, days, fields) in enumerate(told, 1)
    ]
