"""What an alert is, and what is decided about it. Frozen values; every decision returns a new `Alert`."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.notifications.domain.alert_table import FIRST, AlertState, Call, MessageKind, enter
from shared.areas import area_covers
from shared.contracts.cap import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from shared.contracts.vocabulary import Category
from shared.decision import Decision, Happened, Noted
from shared.errors import Conflict, Fault, Forbidden, Invalid

LONGEST = timedelta(days=31)
"""How far ahead a message may expire; an update carries an alert on."""
MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class Text:
    """Public words, plain text; `en` may be missing, `vi` never is."""

    vi: str
    en: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says, in the words of CAP 1.2. `onset` is when the hazard begins, where it is known.
    Times in UTC.
    """

    severity: AlertSeverity
    urgency: AlertUrgency
    certainty: AlertCertainty
    headline: Text
    instruction: Text
    expires_at: datetime
    description: Text | None = None
    onset: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a repeated call: keyed hashes of what its sender named it by, and of its body."""

    call: str
    body: str


@dataclass(frozen=True, slots=True)
class Message:
    """`author` and `approver` are principals' names; they never leave the service."""

    kind: MessageKind
    content: Content
    author: str
    drafted_at: datetime
    mark: Mark
    approver: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """`messages` are those that went out, in order: number n is the alert's event n. `draft` waits for
    approval.

    `areas` never change: whoever was told the first message is told every later one. A wider hazard is
    another alert. `topic` is the tip category that it is about, where it is about one.
    """

    status: AlertState
    areas: tuple[str, ...]
    hazard: str
    category: AlertCategory
    drafted_at: datetime
    topic: Category | None = None
    messages: tuple[Message, ...] = ()
    draft: Message | None = None

    @property
    def waiting(self) -> MessageKind | None:
        return None if self.draft is None else self.draft.kind

    @property
    def latest(self) -> Message:
        """The message that stands: the newest that went out, or the first draft."""
        newest = self.messages[-1] if self.messages else self.draft
        if newest is None:
            raise Conflict("This alert was withdrawn and says nothing.")
        return newest

    @property
    def public(self) -> bool:
        return bool(self.messages)

    def expired(self, now: datetime) -> bool:
        return self.public and self.latest.content.expires_at <= now

    def stands(self, now: datetime) -> bool:
        """Issued, neither cancelled nor expired."""
        return self.status is AlertState.ISSUED and not self.expired(now)


def widest(areas: tuple[str, ...]) -> str:
    """The area of fewest segments, the first of them; never one that nobody named."""
    return min(areas, key=lambda area: area.count("/"))


def without_covered(areas: tuple[str, ...]) -> tuple[str, ...]:
    """`areas` without repeats and without those that another of them covers, in order."""
    distinct = tuple(dict.fromkeys(areas))
    return tuple(
        area for area in distinct if not any(area_covers(other, area) for other in distinct if other != area)
    )


def draft(
    content: Content,
    *,
    areas: tuple[str, ...],
    hazard: str,
    category: AlertCategory,
    topic: Category | None,
    by: str,
    mark: Mark,
    now: datetime,
) -> Decision[Alert]:
    """(none) → draft; nothing is public yet. Raises `Invalid`."""
    _check_times(content, now)
    status, kind = FIRST
    alert = Alert(
        status=status,
        areas=without_covered(areas),
        hazard=hazard,
        category=category,
        drafted_at=now,
        topic=topic,
        draft=Message(kind, content, by, now, mark),
    )
    return Decision(alert, noted=(Noted("drafted", {"message": kind.value}),))


def draft_update(alert: Alert, content: Content, *, by: str, mark: Mark, now: datetime) -> Decision[Alert]:
    """issued → the same, with an update that waits. Raises `IllegalTransition`, `Invalid`,
    `Conflict(code="too_many_messages")`. A repeat changes nothing.
    """
    if is_repeat(alert, mark):
        return Decision(alert)
    enter(Call.update, alert.status, alert.waiting)
    _check_times(content, now)
    return _with_draft(alert, Call.update, MessageKind.UPDATE, content, by, mark, now)


def draft_cancel(
    alert: Alert, *, headline: Text | None, instruction: Text, by: str, mark: Mark, now: datetime
) -> Decision[Alert]:
    """issued → the same, with a cancellation that waits. It keeps what the last message said of the hazard;
    `instruction` says what people may do again. Raises `IllegalTransition`. A repeat changes nothing.
    """
    if is_repeat(alert, mark):
        return Decision(alert)
    enter(Call.cancel, alert.status, alert.waiting)
    last = alert.latest.content
    content = replace(last, headline=headline or last.headline, instruction=instruction, description=None)
    return _with_draft(alert, Call.cancel, MessageKind.CANCEL, content, by, mark, now)


def approve(alert: Alert, *, by: str, now: datetime) -> Decision[Alert]:
    """The draft goes out: `alert.issued`, `alert.updated` or `alert.cancelled`.

    Raises `IllegalTransition`, `Forbidden(code="author_cannot_approve")`, `Conflict(code="expired")` for a
    message that would be out of date when it appears.
    """
    row = enter(Call.approve, alert.status, alert.waiting)
    waiting = alert.draft
    if waiting is None or row.event is None:
        raise Conflict("There is no draft to approve.")
    if waiting.author == by:
        raise Forbidden("Somebody else than its author approves a message.", code="author_cannot_approve")
    if waiting.kind is not MessageKind.CANCEL and waiting.content.expires_at <= now:
        raise Conflict("The drafted message has expired; withdraw it and draft another.", code="expired")
    sent = replace(waiting, approver=by, sent_at=now)
    after = replace(alert, status=row.to, messages=(*alert.messages, sent), draft=None)
    facts = {"message": len(after.messages)}
    return Decision(after, (Happened(row.event, facts),), (Noted(row.event.removeprefix("alert."), facts),))


def withdraw(alert: Alert) -> Decision[Alert]:
    """The draft is dropped unseen; what went out before stands. Raises `IllegalTransition`."""
    row = enter(Call.withdraw, alert.status, alert.waiting)
    after = replace(alert, status=row.to, draft=None)
    return Decision(after, noted=(Noted("withdrawn"),))


def is_repeat(alert: Alert, mark: Mark) -> bool:
    """Whether the call of `mark` was made before. Raises `Conflict(code="idempotency_mismatch")` when it had
    another body.
    """
    for message in (*alert.messages, *((alert.draft,) if alert.draft else ())):
        if message.mark.call == mark.call:
            if message.mark.body != mark.body:
                raise Conflict("This key was used with another body.", code="idempotency_mismatch")
            return True
    return False


def _with_draft(
    alert: Alert, call: Call, kind: MessageKind, content: Content, by: str, mark: Mark, now: datetime
) -> Decision[Alert]:
    row = enter(call, alert.status, alert.waiting)
    # The last place is the cancellation's: a full alert can still be taken back.
    room = MOST_MESSAGES - (kind is MessageKind.UPDATE)
    if len(alert.messages) >= room:
        raise Conflict("This alert has too many messages; cancel it.", code="too_many_messages")
    after = replace(alert, status=row.to, draft=Message(kind, content, by, now, mark))
    return Decision(after, noted=(Noted("drafted", {"message": kind.value}),))


def _check_times(content: Content, now: datetime) -> None:
    faults = []
    if not now < content.expires_at <= now + LONGEST:
        faults.append(Fault("/expires_at", f"must lie ahead, by at most {LONGEST.days} days"))
    if content.onset is not None and content.onset >= content.expires_at:
        faults.append(Fault("/onset", "must lie before expires_at"))
    if faults:
        raise Invalid("The times of the message do not fit.", tuple(faults))
