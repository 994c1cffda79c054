"""A webhook: an address outside to which events are sent, signed. What it may receive is what its owner's
token allowed when it was made; nothing widens it.

Texts that are secret (the address itself may carry a token) come in sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.decision import Decision, Noted
from shared.errors import Conflict
from shared.state_table import StateTable, Transition

# For so long after a rotation deliveries carry both signatures (Standard Webhooks, "Secret rotation").
OVERLAP: Final = timedelta(hours=24)
MOST_SECRETS: Final = 5


class Status(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"


class Reason(StrEnum):
    """Why a webhook is disabled: by its owner, by an operator, because its receiver said that it is gone, or
    because nothing could be delivered for days.
    """

    OWNER = "owner"
    OPERATOR = "operator"
    GONE = "gone"
    FAILING = "failing"


class Call(StrEnum):
    ROTATE = "rotate-secret"
    DISABLE = "disable"
    ENABLE = "enable"
    REPLAY = "replay"
    REMOVE = "remove"


_KEPT = frozenset({Status.ENABLED, Status.DISABLED})
TRANSITIONS: Final = (
    Transition(Call.ROTATE, _KEPT, None),
    Transition(Call.DISABLE, frozenset({Status.ENABLED}), Status.DISABLED),
    Transition(Call.ENABLE, frozenset({Status.DISABLED}), Status.ENABLED),
    Transition(Call.REPLAY, frozenset({Status.ENABLED}), None),
    Transition(Call.REMOVE, _KEPT, Status.REMOVED),
)
_TABLE: Final = StateTable("a webhook", TRANSITIONS)


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret, sealed. `until` None: the one in force; else an earlier one that still signs."""

    id: str
    sealed: str
    made_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a webhook receives: events of these types (none: of all) in these areas, restricted ones only with
    `inspectorate` among `scopes`.
    """

    areas: tuple[str, ...]
    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """`owner` is the name of the principal who made it. `origin` is the part of its address that may be
    shown; `url` is the whole, sealed under `key`.

    It receives what stands in the log after `begins` (log → number) and happened from `since` on; both are
    set anew each time it is enabled, which `round` counts.
    """

    owner: str
    terms: Terms
    origin: str
    key: str | None
    url: str | None
    secrets: tuple[Secret, ...]
    created_at: datetime
    since: datetime
    begins: Mapping[str, int]
    status: Status = Status.ENABLED
    round: int = 1
    reason: Reason | None = None
    disabled_at: datetime | None = None

    @property
    def begins_at(self) -> Mapping[int, int]:
        """`begins` by the logs' numbers; a document has names only."""
        return {int(log): n for log, n in self.begins.items()}


def register(webhook: Webhook) -> Decision[Webhook]:
    """(none) → enabled."""
    return Decision(webhook, noted=(Noted("registered"),))


def rotate(webhook: Webhook, secret: Secret, now: datetime) -> Decision[Webhook]:
    """`secret` signs from now on, those before it for `OVERLAP` more. A secret that is there already changes
    nothing. Raises IllegalTransition, Conflict `too_many_secrets`.
    """
    _TABLE.enter(Call.ROTATE, webhook.status)
    if any(kept.id == secret.id for kept in webhook.secrets):
        return Decision(webhook)
    earlier = tuple(replace(kept, until=kept.until or now + OVERLAP) for kept in valid_secrets(webhook, now))
    if len(earlier) >= MOST_SECRETS:
        raise Conflict("Too many secrets were made within a day.", code="too_many_secrets")
    return Decision(replace(webhook, secrets=(secret, *earlier)), noted=(Noted("secret_rotated"),))


def disable(webhook: Webhook, reason: Reason, now: datetime) -> Decision[Webhook]:
    """enabled → disabled. Raises IllegalTransition."""
    status = _TABLE.enter(Call.DISABLE, webhook.status)
    after = replace(webhook, status=status, reason=reason, disabled_at=now)
    return Decision(after, noted=(Noted("disabled", {"reason": reason.value}),))


def enable(webhook: Webhook, begins: Mapping[str, int], now: datetime) -> Decision[Webhook]:
    """disabled → enabled, from now on: what was missed is had by a replay. Raises IllegalTransition."""
    status = _TABLE.enter(Call.ENABLE, webhook.status)
    after = replace(
        webhook,
        status=status,
        reason=None,
        disabled_at=None,
        begins=begins,
        since=now,
        round=webhook.round + 1,
    )
    return Decision(after, noted=(Noted("enabled"),))


def remove(webhook: Webhook) -> Decision[Webhook]:
    """Any → removed: address and secrets are erased with their key. Raises IllegalTransition."""
    status = _TABLE.enter(Call.REMOVE, webhook.status)
    after = replace(webhook, status=status, key=None, url=None, secrets=(), origin="", begins={})
    return Decision(after, noted=(Noted("removed"),))


def check_replay(webhook: Webhook) -> None:
    """Raises IllegalTransition."""
    _TABLE.enter(Call.REPLAY, webhook.status)


def valid_secrets(webhook: Webhook, now: datetime) -> tuple[Secret, ...]:
    """Those that sign now, the newest first."""
    return tuple(secret for secret in webhook.secrets if secret.until is None or secret.until > now)
