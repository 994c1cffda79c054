"""The vault: asking, approving, looking. The identity is opened here and nowhere else."""

import json
from datetime import datetime
from typing import Any

from services.tips.identity import domain, words
from services.tips.identity.domain import Asked
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.state import IdentityRequest, LegalBasis, Tip
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.access import (
    APPROVE_IDENTITY,
    REQUEST_IDENTITY,
    Command,
    carry_out,
    open_tip,
)
from services.tips.tip.usecases.bench import Bench, vault
from shared.contracts.vocabulary import AccessPurpose
from shared.decision import Decision
from shared.errors import Conflict, Unavailable
from shared.outbox import Loaded

Told = dict[str, Any]


def _field(number: int) -> str:
    """The field under which the reason of the n-th request is sealed."""
    return f"identity/{number}"


async def request(
    bench: Bench,
    command: Command,
    *,
    purpose: AccessPurpose,
    legal_basis: LegalBasis,
    reason: str,
    key: str | None,
) -> Told:
    """Ask for the identity. A repeat under the same `key` (the Idempotency-Key) finds the request it made."""
    mark = identifiers.mark_of(bench.secrets, command.tip_id, command.caller.name, key)

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        earlier = _marked(tip, mark)
        if earlier is not None:
            said = bench.open(command.tip_id, tip, _field(earlier.number), earlier.reason)
            if (earlier.purpose, earlier.legal_basis, said) != (purpose, legal_basis, reason):
                raise Conflict("This key was used with another request.", code="idempotency_mismatch")
            return Decision(tip, next_due=deadlines.next_due(tip))
        sealed = bench.seal(command.tip_id, tip, _field(len(tip.identity_requests) + 1), reason)
        asked = Asked(command.caller.id, purpose, legal_basis, sealed, mark)
        return domain.request(tip, asked, rules=bench.rules.of(tip.profile), now=now)

    loaded = await carry_out(bench, command, decide, scope=REQUEST_IDENTITY)
    made = _marked(loaded.state, mark)
    if made is None:
        raise Conflict("The request was not stored.")
    return _shown(bench, loaded, made)


async def approve(bench: Bench, command: Command, *, number: int) -> Told:
    """The second officer. Raises what `domain.approve` refuses."""
    loaded = await carry_out(
        bench,
        command,
        lambda tip, now: domain.approve(
            tip, number, by=command.caller.id, rules=bench.rules.of(tip.profile), now=now
        ),
        scope=APPROVE_IDENTITY,
    )
    return _shown(bench, loaded, domain.find(loaded.state, number))


async def requests(bench: Bench, command: Command) -> list[Told]:
    """Every request for this identity with its reason, for whoever may ask or approve."""
    may = command.caller.has(REQUEST_IDENTITY)
    loaded = await open_tip(bench, command, REQUEST_IDENTITY if may else APPROVE_IDENTITY)
    return [_shown(bench, loaded, one) for one in loaded.state.identity_requests]


async def look(bench: Bench, command: Command, *, number: int) -> Told:
    """The identity, for the officer who asked. That it was seen is stored before it is shown.

    Raises what `domain.look` refuses.
    """

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        return domain.look(tip, number, by=command.caller.id, now=now)

    loaded = await carry_out(bench, command, decide, scope=REQUEST_IDENTITY)
    tip = loaded.state
    if tip.reporter is None or tip.identity_key is None:
        raise Unavailable("The identity is not there just now.")
    told = bench.sealer.open(tip.identity_key, vault(loaded.id), "reporter", tip.reporter)
    return {"reporter": json.loads(told), "expires_at": domain.find(tip, number).expires_at}


def seen_by_the_reporter(tip: Tip) -> Told:
    """What a reporter is told of their identity: whether it is kept, and every look at it. No officer is
    named.
    """
    return {
        "mode": tip.identity_mode,
        "kept": tip.reporter is not None,
        "looks": [
            {"at": at, "why": words.told(one.purpose, one.legal_basis)} for at, one in domain.looks(tip)
        ],
    }


def _marked(tip: Tip, mark: str) -> IdentityRequest | None:
    return next((one for one in tip.identity_requests if one.mark == mark), None)


def _shown(bench: Bench, loaded: Loaded[Tip], request: IdentityRequest) -> Told:
    return {
        "number": request.number,
        "state": domain.standing(request, bench.now()),
        "purpose": request.purpose,
        "legal_basis": request.legal_basis,
        "reason": bench.open(loaded.id, loaded.state, _field(request.number), request.reason),
        "requested_by": request.by,
        "requested_at": request.at,
        "approve_until": request.approve_until,
        "approved_by": request.approved_by,
        "approved_at": request.approved_at,
        "expires_at": request.expires_at,
        "looks": list(request.looks),
    }
