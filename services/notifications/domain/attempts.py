"""What an answer to a delivery means, and when it is tried again (Standard Webhooks, "Deliverability and
reliability").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Before the second attempt, the third, …: what Standard Webhooks suggests, about three days in all.
SCHEDULE: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# A pause is up to this much longer than the schedule says: what failed together is not tried together.
JITTER: Final = 0.2
# A webhook to which nothing could be delivered for so long is disabled.
FAILING_FOR: Final = timedelta(days=5)
LONGEST_WISH: Final = timedelta(hours=24)
_GONE: Final = 410
_TELLS_WHEN: Final = frozenset({429, 503})


class Outcome(StrEnum):
    """`refused`: we would not connect, because the address is a private one."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"
    REFUSED = "refused"


class Fault(StrEnum):
    """Why there is no status: nothing here repeats an address or what a receiver wrote."""

    PRIVATE_ADDRESS = "private_address"
    UNKNOWN_HOST = "unknown_host"
    NO_CONNECTION = "no_connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or a fault. `retry_after` is the receiver's wish."""

    status: int | None = None
    fault: Fault | None = None
    retry_after: timedelta | None = None


def judge(answer: Answer) -> Outcome:
    """2xx is delivered, 410 ends the webhook, everything else is a failure: a redirect, too, and is never
    followed.
    """
    if answer.status is None:
        return Outcome.REFUSED if answer.fault is Fault.PRIVATE_ADDRESS else Outcome.FAILED
    if 200 <= answer.status < 300:
        return Outcome.DELIVERED
    return Outcome.GONE if answer.status == _GONE else Outcome.FAILED


def wish(answer: Answer) -> timedelta | None:
    """How long a receiver asks to be left alone (429 and 503), at most a day; RFC 9110, section 10.2.3."""
    if answer.status not in _TELLS_WHEN or answer.retry_after is None:
        return None
    return min(answer.retry_after, LONGEST_WISH)


def next_attempt(
    made: int, now: datetime, answer: Answer, *, chance: float, schedule: tuple[timedelta, ...] = SCHEDULE
) -> datetime | None:
    """When to try again after `made` failed attempts; None when the schedule is at its end. `chance` from 0
    to 1 spreads attempts. A receiver's wish may put it off, never bring it forward.
    """
    if made > len(schedule):
        return None
    pause = schedule[made - 1] * (1 + JITTER * chance)
    return now + max(pause, wish(answer) or pause)
