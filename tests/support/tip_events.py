"""Events as tips publishes them, for tests of those who count them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import kafka
from shared.contracts import check
from shared.events import Event, to_kafka

MORNING = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)  # 08:00 in Viet Nam

_NEEDED: dict[str, dict[str, Any]] = {
    "received": {"state": "received", "channel": "web", "identity_mode": "protected", "deadlines": {}},
    "classified": {"state": "classified", "classification": "crime_report", "harm": "completed"},
    "declined": {"state": "out_of_scope"},
    "resolved": {"state": "resolved"},
    "handed_over": {"state": "handed_over", "authority": "investigation_agency"},
    "found_unfounded": {"state": "unfounded"},
    "replied": {"state": "replied", "outcome": "resolved"},
    "closed": {"state": "closed", "closed_by": "officer"},
    "reopened": {"state": "reopened"},
    "rated": {"state": "replied", "rating": 4},
    "duplicate_linked": {"state": "received", "duplicate_of": "tip_" + "a" * 26},
    "duplicate_unlinked": {"state": "received", "duplicate_of": "tip_" + "a" * 26},
    "deadline_breached": {"state": "received", "clock": "report_up", "due_at": "2026-09-14T12:00:00Z"},
    "message_posted": {"state": "received", "author": "officer"},
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def letters(number: int) -> str:
    """26 letters as ids have them, others for each number."""
    found = ""
    for _ in range(26):
        number, rest = divmod(number, len(_LETTERS))
        found = _LETTERS[rest] + found
    return found


def tip_id(number: int) -> str:
    return f"tip_{letters(number)}"


def tip_event(
    what: str,
    *,
    tip: int = 1,
    sequence: int = 1,
    area: str = "99/99001/tdp-4",
    at: datetime = MORNING,
    received_at: datetime | None = None,
    category: str = "theft_burglary",
    restricted: bool = False,
    **fields: Any,
) -> Event:
    """A valid event `liengia.tip.<what>.v1`."""
    kind = f"liengia.tip.{what}.v1"
    data = {
        **_NEEDED[what],
        "area": area,
        "category": category,
        "received_at": (received_at or at).isoformat(),
        **({"restricted": "inspectorate"} if restricted else {}),
        **fields,
    }
    check(kind, data)
    subject = tip_id(tip)
    return Event(f"{subject}:{sequence}", kind, "/services/tips", subject, at, sequence, data)


def later(days: int = 0, hours: int = 0) -> datetime:
    return MORNING + timedelta(days=days, hours=hours)


async def publish(bootstrap: str, events: Iterable[Event], topic: str = "tips.tip.v1") -> None:
    """Sends the events in this order and waits until Kafka has them."""
    producer = kafka.make_producer(bootstrap, client_id="tests")
    await kafka.start(producer)
    try:
        for event in events:
            key, value, headers = to_kafka(event)
            await producer.send_and_wait(topic, value, key=key, headers=headers)
    finally:
        await kafka.stop(producer)
