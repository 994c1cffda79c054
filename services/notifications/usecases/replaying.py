"""Replays: a range of the log is sent to a webhook again, under the same `webhook-id`s."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain import webhooks as domain
from services.notifications.usecases.deliveries import Replay
from services.notifications.usecases.desk import Desk, find
from services.notifications.usecases.log import Position
from shared.auth import Principal
from shared.errors import Conflict
from shared.identifiers import Origin, derived_id, fingerprint, refuse_another_body, seed_of


@dataclass(frozen=True, slots=True)
class Range:
    """What to replay: what was stored from `since` on and before `before`, or what follows `after`."""

    since: datetime | None = None
    before: datetime | None = None
    after: Position | None = None


async def replay(desk: Desk, id: str, caller: Principal, asked: Range, *, key: str | None) -> Replay:
    """Send a range again, under the same `webhook-id`s. Raises NotFound, IllegalTransition, Conflict
    `replay_running` or `idempotency_mismatch`, Unavailable.
    """
    loaded = await find(desk, id, caller)
    domain.check_replay(loaded.state)
    await desk.readings.ensure(id, loaded.state.round, loaded.state.begins_at)
    now = desk.now()
    if asked.after is not None:
        position, upto = asked.after, await desk.log.end()
    else:
        position, upto = await desk.span.between(asked.since or now, asked.before or now)
    wanted = Replay(
        id=derived_id("rpl", desk.secret, seed_of(Origin(caller.name, key=key and f"{id} {key}"))),
        requested_at=now,
        position=position,
        upto=upto,
        since=asked.since,
        before=asked.before,
        print=fingerprint(
            desk.secret,
            {"since": asked.since, "before": asked.before, "after": sorted((asked.after or {}).items())},
        ),
    )
    there = await desk.readings.ask_replay(id, wanted)
    if there.id != wanted.id:
        raise Conflict("A replay of this webhook is running.", code="replay_running")
    refuse_another_body(there.print, wanted.print)
    return there
