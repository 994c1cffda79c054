"""What can be done with webhooks: made, given another secret, disabled, enabled, removed."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Final

from services.notifications.domain import webhooks as domain
from services.notifications.domain.webhooks import Reason, Secret, Status, Terms, Webhook
from services.notifications.usecases.desk import SCOPE, Desk, find, unknown
from services.notifications.usecases.signing import new_secret
from shared import metrics
from shared.auth import EVERYWHERE, Principal
from shared.errors import Conflict, Forbidden, NotFound
from shared.identifiers import Origin, derived_id, fingerprint, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded

SERVICE: Final = "notifications"
MOST_OF_ONE: Final = 20
INSPECTORATE: Final = "inspectorate"
_LOOKS: Final = 20
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Wish:
    """A webhook as it is asked for. `areas` empty: all of the token's."""

    url: str
    origin: str
    areas: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    restricted: bool = False


async def register(
    desk: Desk, wish: Wish, caller: Principal, *, key: str | None, cause: Cause
) -> tuple[Loaded[Webhook], str | None]:
    """A webhook and its secret. The same key again: the same answer, with the secret while it is in force.

    Raises Forbidden, Invalid, Conflict `webhook_limit` or `idempotency_mismatch`, Unavailable.
    """
    terms = _terms(wish, caller)
    id = derived_id("whk", desk.secret, seed_of(Origin(caller.name, key=key)))
    printed = fingerprint(desk.secret, asdict(wish))
    theirs = await desk.lists.oldest_of(caller.name, MOST_OF_ONE)
    if len(theirs) >= MOST_OF_ONE and id not in theirs:
        raise _too_many()
    first = _secret_id(desk, caller, f"create {id}")
    webhook, made = await _sealed(desk, id, wish, terms, caller, first)
    loaded, created = await desk.outbox.create(
        id, domain.register(webhook), cause, extra={"fingerprint": printed}
    )
    if created:
        await _within_limit(desk, id, caller, cause)
        return loaded, made
    if loaded.state.status is Status.REMOVED:
        raise NotFound("This webhook was removed.")
    refuse_another_body(loaded.extra.get("fingerprint"), printed)
    return loaded, _opened(desk, loaded, first)


async def rotate(
    desk: Desk, id: str, caller: Principal, *, key: str | None, cause: Cause, if_version: int | None
) -> tuple[Loaded[Webhook], str]:
    """A new secret. The same key again answers with the same one. Raises NotFound, IllegalTransition,
    Conflict `too_many_secrets`, VersionMismatch, Unavailable.
    """
    loaded = await find(desk, id, caller, owner_only=True)
    sealing = loaded.state.key
    if sealing is None:
        raise unknown()
    secret_id = _secret_id(desk, caller, None if key is None else f"rotate {id} {key}")
    if (known := _opened(desk, loaded, secret_id)) is not None:
        return loaded, known
    made = new_secret()
    secret = Secret(secret_id, desk.sealer.seal(sealing, id, secret_id, made), desk.now())
    loaded = await desk.outbox.update(
        id, lambda state, now: domain.rotate(state, secret, now), cause, if_version=if_version
    )
    return loaded, _opened(desk, loaded, secret_id) or made


async def disable(
    desk: Desk, id: str, caller: Principal, *, cause: Cause, if_version: int | None
) -> Loaded[Webhook]:
    """By its owner or an operator. What waits is dropped; a replay may bring it back."""
    loaded = await find(desk, id, caller)
    reason = Reason.OWNER if loaded.state.owner == caller.name else Reason.OPERATOR
    return await _disable(desk, id, reason, cause, if_version)


async def give_up(desk: Desk, id: str, reason: Reason) -> None:
    """Disabled by what its receiver answers. Raises NotFound, IllegalTransition, Unavailable."""
    await _disable(desk, id, reason, Cause("system:webhooks"), None)


async def enable(
    desk: Desk, id: str, caller: Principal, *, cause: Cause, if_version: int | None
) -> Loaded[Webhook]:
    """From now on. By its owner alone."""
    await find(desk, id, caller, owner_only=True)
    begins = {str(log): n for log, n in (await desk.log.end()).items()}
    loaded = await desk.outbox.update(
        id, lambda state, now: domain.enable(state, begins, now), cause, if_version=if_version
    )
    await desk.readings.ensure(id, loaded.state.round, loaded.state.begins_at)
    return loaded


async def remove(desk: Desk, id: str, caller: Principal, *, cause: Cause, if_version: int | None) -> None:
    """Its address and secrets are erased; what waits is dropped."""
    await find(desk, id, caller)
    await desk.outbox.update(
        id, lambda state, now: domain.remove(state), cause, if_version=if_version, erase_history=True
    )
    await _stop(desk, id)


async def _sealed(
    desk: Desk, id: str, wish: Wish, terms: Terms, caller: Principal, secret_id: str
) -> tuple[Webhook, str]:
    """A new webhook that begins now, and its secret in the clear."""
    made, now, key = new_secret(), desk.now(), desk.sealer.new_key(id)
    webhook = Webhook(
        owner=caller.name,
        terms=terms,
        origin=wish.origin,
        key=key,
        url=desk.sealer.seal(key, id, "url", wish.url),
        secrets=(Secret(secret_id, desk.sealer.seal(key, id, secret_id, made), now),),
        created_at=now,
        since=now,
        begins={str(log): n for log, n in (await desk.log.end()).items()},
    )
    return webhook, made


def _terms(wish: Wish, caller: Principal) -> Terms:
    """Never wider than the token."""
    caller.require(SCOPE)
    areas = wish.areas or caller.areas
    if not areas:
        raise Forbidden("Your token names no area.")
    for number, area in enumerate(areas):
        if not (area in caller.areas if area == EVERYWHERE else caller.covers(area)):
            raise Forbidden(f"The area at /areas/{number} is not among yours.")
    if wish.restricted:
        caller.require(INSPECTORATE)
    return Terms(areas, wish.types, (INSPECTORATE,) if wish.restricted else ())


async def _within_limit(desk: Desk, id: str, caller: Principal, cause: Cause) -> None:
    """Those made at the same moment all found room: the later ones go again. One that is older by its time,
    but came after the others had looked, waits for the later ones to go; if they stay, it is one too many.
    """
    for _ in range(_LOOKS):
        theirs = await desk.lists.oldest_of(caller.name, MOST_OF_ONE + 1)
        if len(theirs) <= MOST_OF_ONE:
            return
        if id not in theirs[:MOST_OF_ONE]:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    await desk.outbox.update(id, lambda state, now: domain.remove(state), cause, erase_history=True)
    raise _too_many()


async def _disable(
    desk: Desk, id: str, reason: Reason, cause: Cause, if_version: int | None
) -> Loaded[Webhook]:
    loaded = await desk.outbox.update(
        id, lambda state, now: domain.disable(state, reason, now), cause, if_version=if_version
    )
    await _stop(desk, id)
    metrics.WEBHOOKS_DISABLED.labels(SERVICE, reason.value).inc()
    return loaded


async def _stop(desk: Desk, id: str) -> None:
    """At once, not when the other replicas next look. A crash before this is made good by those looks."""
    await desk.readings.cut_off(id)
    await desk.deliveries.drop(id, desk.now())


def _secret_id(desk: Desk, caller: Principal, key: str | None) -> str:
    return derived_id("sec", desk.secret, seed_of(Origin(caller.name, key=key)))


def _opened(desk: Desk, loaded: Loaded[Webhook], secret_id: str) -> str | None:
    """The secret, if it still signs."""
    webhook = loaded.state
    for secret in domain.valid_secrets(webhook, desk.now()):
        if secret.id == secret_id and webhook.key is not None:
            return desk.sealer.open(webhook.key, loaded.id, secret.id, secret.sealed)
    return None


def _too_many() -> Conflict:
    return Conflict(f"One caller may have {MOST_OF_ONE} webhooks.", code="webhook_limit")
