"""Who may see which alert, and how it reads: public once issued; drafts, and who wrote and approved, only for
those who write or approve in every area of the alert.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.notifications.domain.alert_table import lawful_actions
from services.notifications.domain.alerts import Alert, Message, Text
from services.notifications.usecases.alert_desk import AlertDesk, Listed, Query
from shared.auth import EVERYWHERE, Principal
from shared.errors import NotFound
from shared.outbox import Loaded

WRITE = "notices:write"
APPROVE = "notices:approve"


async def read(desk: AlertDesk, alert_id: str, caller: Principal | None) -> tuple[Loaded[Alert], bool]:
    """The alert, and whether the caller may see drafts and names. Raises NotFound for what is not public."""
    loaded = await _load(desk, alert_id)
    staff = is_staff(loaded.state, caller)
    if not (loaded.state.public or staff):
        raise _unknown()
    return loaded, staff


async def listing(
    desk: AlertDesk,
    caller: Principal | None,
    *,
    limit: int,
    area: str | None,
    current: bool | None,
    after: tuple[datetime, str] | None,
) -> tuple[Sequence[Listed], tuple[datetime, str] | None]:
    """A page, newest first, and where the next one begins."""
    query = Query(desk.now(), limit + 1, _drafts_in(caller), area, current, after)
    found = await desk.lookup.find(query)
    page = found[:limit]
    return page, (page[-1].alert.drafted_at, page[-1].id) if len(found) > limit else None


def is_staff(alert: Alert, caller: Principal | None) -> bool:
    return (
        caller is not None
        and (caller.has(WRITE) or caller.has(APPROVE))
        and all(caller.covers(area) for area in alert.areas)
    )


def _drafts_in(caller: Principal | None) -> tuple[str, ...] | None:
    if caller is None or not (caller.has(WRITE) or caller.has(APPROVE)):
        return ()
    return None if EVERYWHERE in caller.areas else caller.areas


async def _load(desk: AlertDesk, alert_id: str) -> Loaded[Alert]:
    try:
        return await desk.outbox.get(alert_id)
    except NotFound:
        raise _unknown() from None


def _unknown() -> NotFound:
    """The one answer for an alert that does not exist and for one that may not be seen."""
    return NotFound("There is no such alert.")


def summary(listed: Listed, now: datetime, *, staff: bool) -> dict[str, Any]:
    """An alert in a list: what stands of it, without its history. `waiting` is told to staff alone, and so is
    the version, which counts drafts too."""
    alert = listed.alert
    newest = alert.messages[-1] if alert.public else None
    return {
        "id": listed.id,
        "version": listed.version if staff else None,
        "status": alert.status,
        "current": alert.stands(now),
        "expired": alert.expired(now),
        "areas": alert.areas,
        "hazard": alert.hazard,
        "category": alert.category,
        "topic": alert.topic,
        "issued_at": alert.messages[0].sent_at if newest else None,
        "changed_at": newest.sent_at if newest else None,
        "message": _message(len(alert.messages), newest, staff) if newest else None,
        "waiting": alert.waiting if staff else None,
    }


def in_full(loaded: Loaded[Alert], now: datetime, *, staff: bool) -> dict[str, Any]:
    """An alert with every message that went out; drafts and lawful calls for staff alone."""
    alert = loaded.state
    draft = alert.draft if staff else None
    return summary(Listed(loaded.id, loaded.version, alert), now, staff=staff) | {
        "messages": [_message(number, sent, staff) for number, sent in enumerate(alert.messages, 1)],
        "draft": _message(len(alert.messages) + 1, draft, staff) if draft else None,
        "actions": lawful_actions(alert.status, alert.waiting) if staff else (),
    }


def _message(number: int, message: Message, staff: bool) -> dict[str, Any]:
    said = message.content
    return {
        "number": number,
        "kind": message.kind,
        "sent_at": message.sent_at,
        "severity": said.severity,
        "urgency": said.urgency,
        "certainty": said.certainty,
        "onset": said.onset,
        "expires_at": said.expires_at,
        "headline": _text(said.headline),
        "description": _text(said.description),
        "instruction": _text(said.instruction),
        "drafted_at": message.drafted_at if staff else None,
        "drafted_by": message.author if staff else None,
        "approved_by": message.approver if staff else None,
    }


def _text(text: Text | None) -> dict[str, str | None] | None:
    return None if text is None else {"vi": text.vi, "en": text.en}
