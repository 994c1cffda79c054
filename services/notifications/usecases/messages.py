"""What a subscription has to tell: computed from the log each time, so that nothing is told twice or lost.

A reader stands at two places, for in quiet hours what is urgent runs ahead of the rest. Each place only moves
forward over the log, past entries that were told or that do not concern the reader; the rest waits where the
quiet time began. Both places travel in the reader's cursor: nothing is kept here, and any replica answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.notifications.domain.subscriptions import QuietRules, Subscription, quiet_since, wants
from services.notifications.usecases.log import Entry, Log
from services.notifications.usecases.public import ALERTS, areas_of
from services.notifications.usecases.subscriptions import SubscriptionDesk
from services.notifications.usecases.telling import due_at, tell
from shared.contracts.cap import AlertSeverity, AlertUrgency
from shared.contracts.tips import TipClassified
from shared.contracts.vocabulary import Classification
from shared.errors import Fault, Invalid
from shared.events import Event

POINTER: Final = "/query/cursor"
# Pages of the log that one call may pass, so that who is told little cannot make it walk all of it.
_MOST_READS: Final = 25
_EMERGENCY: Final = "emergency"
_GRAVE = (AlertSeverity.EXTREME.value, AlertSeverity.SEVERE.value)
_SOON = (AlertUrgency.IMMEDIATE.value, AlertUrgency.EXPECTED.value)

Admits = Callable[[Event], bool]
Place = dict[int, int]


@dataclass(frozen=True, slots=True)
class Messages:
    """`more`: there may be more right away; otherwise come again later. `cursor` is where to go on."""

    items: list[dict[str, Any]]
    cursor: str
    more: bool


async def messages(
    desk: SubscriptionDesk, wish: Subscription, allows: Admits, *, cursor: str | None, limit: int
) -> Messages:
    """The next messages after `cursor`, at most `limit`. `allows` says what the caller may know just now.

    Raises Invalid `cursor_invalid` or `cursor_expired`, Unavailable.
    """
    now = desk.clock.now()
    rules = desk.rules.quiet(now)
    hushed_since = quiet_since(wish.quiet or rules.hours, rules.zone, now)
    ahead, rest = _places(desk, wish, cursor, now)

    def urgent(event: Event) -> bool:
        return _EMERGENCY in rules.exempt and is_emergency(event)

    def concerns(event: Event) -> bool:
        return allows(event) and _wanted(wish, event)

    first, more_ahead = await _read_on(
        desk.log, ahead, lambda event: urgent(event) and concerns(event), limit, None
    )
    then, more_rest = await _read_on(
        desk.log,
        rest,
        lambda event: not urgent(event) and concerns(event),
        limit - len(first),
        hushed_since,
    )
    found = sorted([*first, *then], key=lambda entry: (entry.at, entry.log, entry.n))
    return Messages(
        [_item(entry.event, wish, rules, urgent=urgent(entry.event)) for entry in found],
        f"{desk.cursors.write(ahead, 0, now)}.{desk.cursors.write(rest, 0, now)}",
        more_ahead or more_rest,
    )


def is_emergency(event: Event) -> bool:
    """A grave alert that calls for action soon, or a tip that was found to be an emergency."""
    if event.type in ALERTS:
        return event.data.get("severity") in _GRAVE and event.data.get("urgency") in _SOON
    if event.type == TipClassified.TYPE:
        return event.data.get("classification") == Classification.EMERGENCY.value
    return False


def _wanted(wish: Subscription, event: Event) -> bool:
    notify = event.data.get("notify") or ()
    return wants(wish, event.type, areas_of(event), notify, to_all_within=event.type in ALERTS)


def _places(
    desk: SubscriptionDesk, wish: Subscription, cursor: str | None, now: datetime
) -> tuple[Place, Place]:
    """Where the urgent and where the rest stand."""
    if cursor is None:
        return dict(wish.started), dict(wish.started)
    parts = cursor.split(".")
    if len(parts) != 2:
        fault = Fault(POINTER, "is not a cursor of this list")
        raise Invalid("The cursor cannot be used.", (fault,), code="cursor_invalid")
    ahead, rest = (desk.cursors.read(part, now, pointer=POINTER).position for part in parts)
    return dict(ahead), dict(rest)


async def _read_on(
    log: Log, place: Place, admits: Admits, limit: int, hushed_since: datetime | None
) -> tuple[list[Entry], bool]:
    """Up to `limit` entries that `admits` lets through, and whether there may be more. Moves `place` past
    them, but past nothing that was stored since `hushed_since`.
    """
    found: list[Entry] = []
    for _ in range(_MOST_READS):
        if len(found) >= limit:
            return found, True
        page = await log.page(place)
        if not page.entries and not page.end:
            return found, False
        for entry in page.entries:
            if hushed_since is not None and entry.at >= hushed_since:
                return found, False
            if admits(entry.event):
                if len(found) >= limit:
                    return found, True
                found.append(entry)
            place[entry.log] = entry.n
        place.update(page.end)
    return found, True


def _item(event: Event, wish: Subscription, rules: QuietRules, *, urgent: bool) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "subject": event.subject,
        "area": event.data["area"],
        "at": event.time,
        "due_at": due_at(event),
        "urgent": urgent,
        "language": wish.language,
        "text": tell(event, wish.language, rules.zone),
    }
