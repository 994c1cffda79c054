"""Drafting, approving, updating and cancelling alerts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications.domain import alerts
from services.notifications.domain.alerts import Alert, Content, Mark, Text
from services.notifications.usecases.alert_desk import AlertDesk
from services.notifications.usecases.alert_reading import APPROVE, WRITE, read
from shared.auth import Principal
from shared.contracts.cap import AlertCategory
from shared.contracts.vocabulary import Category
from shared.decision import Decision
from shared.errors import Forbidden
from shared.identifiers import Origin, derived_id, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded

Decide = Callable[[Alert, datetime], Decision[Alert]]


@dataclass(frozen=True, slots=True)
class Command:
    """A call on one alert. `if_version` is the version it insists on, `key` its Idempotency-Key."""

    alert_id: str
    caller: Principal
    if_version: int | None = None
    key: str | None = None
    traceparent: str | None = None

    @property
    def cause(self) -> Cause:
        return Cause(self.caller.name, self.traceparent)


@dataclass(frozen=True, slots=True)
class NewAlert:
    content: Content
    areas: tuple[str, ...]
    hazard: str
    category: AlertCategory
    topic: Category | None


async def draft(
    desk: AlertDesk,
    new: NewAlert,
    *,
    caller: Principal,
    key: str | None,
    body: Mapping[str, Any],
    traceparent: str | None,
) -> Loaded[Alert]:
    """A new alert, waiting for approval. The same key again finds it, with another body it is refused.

    Raises Forbidden, Invalid, Conflict `idempotency_mismatch`, Unavailable.
    """
    for area in new.areas:
        caller.require(WRITE, area)
    alert_id = derived_id("alert", desk.secret, seed_of(Origin(caller.name, key=key)))
    mark = desk.mark(f"draft {alert_id}", caller, key, body)
    decision = alerts.draft(
        new.content,
        areas=new.areas,
        hazard=new.hazard,
        category=new.category,
        topic=new.topic,
        by=caller.name,
        mark=mark,
        now=desk.now(),
    )
    loaded, created = await desk.outbox.create(
        alert_id, decision, Cause(caller.name, traceparent), extra={"print": mark.body}
    )
    if not created:
        refuse_another_body(loaded.extra.get("print"), mark.body)
    return loaded


async def update(
    desk: AlertDesk, command: Command, content: Content, *, body: Mapping[str, Any]
) -> Loaded[Alert]:
    """Drafts the next message."""
    mark = desk.mark(f"update {command.alert_id}", command.caller, command.key, body)

    def decide(alert: Alert, now: datetime) -> Decision[Alert]:
        return alerts.draft_update(alert, content, by=command.caller.name, mark=mark, now=now)

    return await _decide(desk, command, WRITE, decide, mark)


async def cancel(
    desk: AlertDesk,
    command: Command,
    *,
    headline: Text | None,
    instruction: Text,
    body: Mapping[str, Any],
) -> Loaded[Alert]:
    """Drafts the cancellation."""
    mark = desk.mark(f"cancel {command.alert_id}", command.caller, command.key, body)

    def decide(alert: Alert, now: datetime) -> Decision[Alert]:
        return alerts.draft_cancel(
            alert, headline=headline, instruction=instruction, by=command.caller.name, mark=mark, now=now
        )

    return await _decide(desk, command, WRITE, decide, mark)


async def approve(desk: AlertDesk, command: Command) -> Loaded[Alert]:
    """What waits goes out. A person answers for it: an integration may write, never approve."""
    if command.caller.kind != "officer":
        raise Forbidden("An alert is approved by a person.")
    return await _decide(
        desk, command, APPROVE, lambda alert, now: alerts.approve(alert, by=command.caller.name, now=now)
    )


async def withdraw(desk: AlertDesk, command: Command) -> Loaded[Alert]:
    return await _decide(desk, command, WRITE, lambda alert, now: alerts.withdraw(alert))


async def _decide(
    desk: AlertDesk, command: Command, scope: str, decide: Decide, mark: Mark | None = None
) -> Loaded[Alert]:
    command.caller.require(scope)
    loaded, staff = await read(desk, command.alert_id, command.caller)
    if not staff:
        raise Forbidden("This area is not among yours.")
    # A repeat names the version that its first arrival has already changed.
    repeated = mark is not None and alerts.is_repeat(loaded.state, mark)
    return await desk.outbox.update(
        command.alert_id, decide, command.cause, if_version=None if repeated else command.if_version
    )
