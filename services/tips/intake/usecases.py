"""Taking in a report, whatever road it came by. A repeat gets the same tip and the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.tips.intake.domain import NewTip, receive
from services.tips.receipt.domain import codes
from services.tips.tip.domain.deadlines import APPEAL
from services.tips.tip.domain.state import Clock, Tip
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.bench import Bench, vault
from shared.contracts.tip_submission import TipSubmission
from shared.contracts.vocabulary import TipState
from shared.errors import Conflict, Fault, Invalid, Unauthorised
from shared.identifiers import Origin, fingerprint, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded
from shared.sealing import DataKey

PRINT_KEPT = timedelta(hours=24)
MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to whoever handed the report in: the same for every repeat, whatever became of the tip
    since.
    """

    id: str
    receipt_code: str
    clocks: tuple[tuple[str, datetime, bool], ...]
    """Name, due (UTC) and whether the calendar of that day is still provisional."""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "receipt_code": self.receipt_code,
            "status": TipState.RECEIVED.value,
            "clocks": [
                {"clock": name, "due_at": _utc(due), "provisional": provisional}
                for name, due, provisional in self.clocks
            ],
        }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def submit(
    bench: Bench,
    submission: TipSubmission,
    origin: Origin,
    cause: Cause,
    *,
    given_code: str | None = None,
) -> Accepted:
    """(none) → received. `given_code` is a receipt code that a gateway has already handed out.

    Raises Invalid; Conflict `idempotency_mismatch` when the same intention comes with another body within a
    day, or `receipt_taken`; Unavailable, after which the same call may be repeated.
    """
    _must_name_a_place(submission.area)
    seed = seed_of(origin)
    tip_id = identifiers.tip_id(bench.secrets, seed)
    code = given_code or codes.new_code(identifiers.receipt_entropy(bench.secrets, seed))
    mark = identifiers.receipt_mark(bench.secrets, _canonical(given_code) if given_code else code)
    if given_code is not None:
        await _must_be_free(bench, mark, tip_id)
    body = submission.model_dump(mode="json")
    printed = fingerprint(bench.secrets.identifier, body | {"receipt_code": given_code})
    now = bench.now()
    key = bench.sealer.new(tip_id)
    told = _sealed(submission, body, key, mark)
    if submission.reporter is not None:
        identity = bench.sealer.new(vault(tip_id))
        told = replace(
            told, reporter=_seal(identity, "reporter", body["reporter"]), identity_key=identity.wrapped
        )
    decision = receive(told, bench.rules, now)
    extra = _beside(body, key) | {"print": printed, "print_until": now + PRINT_KEPT}
    loaded, created = await bench.outbox.create(tip_id, decision, cause, extra=extra)
    if not created:
        _must_be_a_repeat(loaded, printed, mark, now)
    return Accepted(tip_id, code, _first_deadlines(loaded.state))


def _must_name_a_place(area: str) -> None:
    """The area goes out with every event, so nobody may write a telephone number in place of a residential
    area.
    """
    _, _, *residential = area.split("/")
    if sum(character.isdigit() for part in residential for character in part) > MOST_DIGITS:
        raise Invalid("The area cannot be used.", (Fault("/area", f"has more than {MOST_DIGITS} digits"),))


def _canonical(code: str) -> str:
    try:
        return codes.parse(code)
    except Unauthorised:
        fault = Fault("/receipt_code", "is not a receipt code")
        raise Invalid("The receipt code cannot be used.", (fault,)) from None


async def _must_be_free(bench: Bench, mark: str, tip_id: str) -> None:
    """A gateway that hands one code to two people would show each the other's report: the second is refused.

    Two at the same moment both get through here; then the code opens neither (`reporter.find`).
    """
    if any(found != tip_id for found in await bench.lookup.by_receipt(mark)):
        raise Conflict("This receipt code belongs to another report.", code="receipt_taken")


def _sealed(submission: TipSubmission, body: Mapping[str, Any], key: DataKey, mark: str) -> NewTip:
    return NewTip(
        area=submission.area,
        category=submission.category,
        channel=submission.channel,
        identity_mode=submission.identity_mode,
        receipt_hash=mark,
        key=key.wrapped,
        text=key.seal("text", submission.text),
        text_size=len(submission.text),
        place=_seal(key, "place", body.get("place")),
        occurred_at=submission.occurred_at,
        occurred_precision=submission.occurred_precision,
    )


def _beside(body: Mapping[str, Any], key: DataKey) -> dict[str, Any]:
    """What no decision needs: the announced files, sealed like the rest."""
    listed = _seal(key, "attachments", body.get("attachments"))
    return {"attachments": listed} if listed else {}


def _seal(key: DataKey, field: str, value: object) -> str | None:
    return key.seal(field, orjson.dumps(value).decode()) if value else None


def _must_be_a_repeat(loaded: Loaded[Tip], printed: str, mark: str, now: datetime) -> None:
    until = loaded.extra.get("print_until")
    if until is not None and now < until:
        refuse_another_body(loaded.extra.get("print"), printed)
    refuse_another_body(loaded.state.receipt_hash, mark)


def _first_deadlines(tip: Tip) -> tuple[tuple[str, datetime, bool], ...]:
    """What the clocks said at receipt, before any extension."""
    return tuple(
        (clock.name, _first_due(clock), clock.provisional)
        for clock in tip.clocks
        if clock.round == 1 and clock.starts == "received" and clock.name != APPEAL
    )


def _first_due(clock: Clock) -> datetime:
    return clock.extensions[0].before if clock.extensions else clock.due
