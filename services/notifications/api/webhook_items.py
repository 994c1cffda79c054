"""How webhooks, replays and attempts are written in answers."""

from typing import Any

from services.notifications.domain.webhooks import Webhook, valid_secrets
from services.notifications.usecases.deliveries import Attempt, Replay
from services.notifications.usecases.desk import Desk, address
from services.notifications.usecases.fanout import MOST_WAITING
from shared.auth import Principal
from shared.outbox import Loaded


async def item(desk: Desk, loaded: Loaded[Webhook], caller: Principal) -> dict[str, Any]:
    standing = (await desk.readings.standing([loaded.id])).get(loaded.id, (0, None))
    waiting = await waiting_of(desk, loaded.id)
    return as_item(desk, loaded.id, loaded.version, loaded.state, caller, standing, waiting)


async def waiting_of(desk: Desk, id: str) -> int:
    return await desk.deliveries.waiting(id, MOST_WAITING)


def as_item(
    desk: Desk,
    id: str,
    version: int,
    webhook: Webhook,
    caller: Principal,
    standing: tuple[int, Replay | None],
    waiting: int,
) -> dict[str, Any]:
    deliveries, replay = standing
    return {
        "id": id,
        "version": version,
        "status": webhook.status.value,
        "url": address(desk, id, webhook) if webhook.owner == caller.name else None,
        "origin": webhook.origin,
        "owner": webhook.owner,
        "areas": list(webhook.terms.areas),
        "types": list(webhook.terms.types),
        "restricted": bool(webhook.terms.scopes),
        "created_at": webhook.created_at,
        "since": webhook.since,
        "reason": webhook.reason,
        "disabled_at": webhook.disabled_at,
        "secrets": [
            {"made_at": one.made_at, "until": one.until} for one in valid_secrets(webhook, desk.now())
        ],
        "deliveries": deliveries,
        "waiting": waiting,
        "replay": None if replay is None else as_replay(replay),
    }


def as_replay(replay: Replay) -> dict[str, Any]:
    return {
        "id": replay.id,
        "requested_at": replay.requested_at,
        "from": replay.since,
        "to": replay.before,
        "count": replay.count,
        "done": replay.done,
    }


def as_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "webhook_id": attempt.message,
        "event": attempt.event,
        "type": attempt.type,
        "deliverynumber": attempt.number,
        "attempt": attempt.attempt,
        "at": attempt.at,
        "outcome": attempt.outcome,
        "status": attempt.answer.status,
        "fault": attempt.answer.fault,
        "milliseconds": attempt.milliseconds,
    }
