"""Opening a reporter's identity: asked for by one officer, approved by another, seen by the first alone.

Source of the rule: the second position of the product (identity modes); periods from the rule profile,
section tips.identity_access.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.tips.evidence.domain import anonymous
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import LIMITS, TipRules
from services.tips.tip.domain.state import IdentityRequest, LegalBasis, Tip
from shared.contracts.vocabulary import AccessPurpose, IdentityMode
from shared.decision import Decision, Happened, Noted
from shared.errors import Conflict, Forbidden, NotFound

Standing = Literal["pending", "lapsed", "open", "expired"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer asks for. `reason` is sealed; `mark` tells a repeat."""

    by: str
    purpose: AccessPurpose
    legal_basis: LegalBasis
    reason: str
    mark: str


def standing(request: IdentityRequest, now: datetime) -> Standing:
    """Where a request stands at `now` (UTC)."""
    if request.expires_at is not None:
        return "open" if now < request.expires_at else "expired"
    return "pending" if now < request.approve_until else "lapsed"


def request(tip: Tip, asked: Asked, *, rules: TipRules, now: datetime) -> Decision[Tip]:
    """Any state while an identity is kept; noted in the history, no event.

    Raises `Conflict` with code `no_identity`, `already_requested` (one at a time for each officer) or
    `too_many_requests`.
    """
    _require_kept(tip)
    if any(one.by == asked.by and standing(one, now) in ("pending", "open") for one in tip.identity_requests):
        raise Conflict("You have asked already; that request still stands.", code="already_requested")
    if len(tip.identity_requests) >= LIMITS.identity_requests:
        raise Conflict("This identity has been asked for too often.", code="too_many_requests")
    fresh = IdentityRequest(
        number=len(tip.identity_requests) + 1,
        by=asked.by,
        purpose=asked.purpose,
        legal_basis=asked.legal_basis,
        reason=asked.reason,
        at=now,
        approve_until=rules.calendar.due(now, rules.identity_approve_within).at,
        mark=asked.mark,
    )
    after = replace(tip, identity_requests=(*tip.identity_requests, fresh))
    return _noted(after, "identity_requested", fresh)


def approve(tip: Tip, number: int, *, by: str, rules: TipRules, now: datetime) -> Decision[Tip]:
    """A second officer opens it for the first, for the time that the rules name; noted in the history.

    Raises `NotFound`, `Forbidden(code="author_cannot_approve")`, `Conflict` with code `no_identity` or
    `not_pending`.
    """
    asked = find(tip, number)
    if asked.by == by:
        raise Forbidden("Somebody else than who asks approves it.", code="author_cannot_approve")
    _require_kept(tip)
    if standing(asked, now) != "pending":
        raise Conflict("This request waits for nobody any more.", code="not_pending")
    until = rules.calendar.due(now, rules.identity_open_for).at
    approved = replace(asked, approved_by=by, approved_at=now, expires_at=until)
    return _noted(_with(tip, approved), "identity_approved", approved)


def look(tip: Tip, number: int, *, by: str, now: datetime) -> Decision[Tip]:
    """`identity.accessed` {purpose, expires_at}: every look is one, and an entry of the history.

    Raises `NotFound`, `Forbidden(code="another_viewer")`, `Conflict` with code `no_identity`, `not_open` or
    `too_many_looks`.
    """
    asked = find(tip, number)
    if asked.by != by:
        raise Forbidden("Only who asked may see it.", code="another_viewer")
    _require_kept(tip)
    if standing(asked, now) != "open":
        raise Conflict(f"This request is {standing(asked, now)}.", code="not_open")
    if len(asked.looks) >= LIMITS.looks_a_request:
        raise Conflict("It has been looked at too often; ask again.", code="too_many_looks")
    seen = replace(asked, looks=(*asked.looks, now))
    facts: dict[str, object] = {"purpose": seen.purpose.value, "expires_at": seen.expires_at}
    noted = _noted(_with(tip, seen), "identity_accessed", seen)
    return replace(noted, happened=(Happened("identity.accessed", facts),))


def withdraw(tip: Tip) -> Decision[Tip]:
    """The reporter takes their identity back: it is destroyed with its key, and whatever was open is void.
    What they sent stays as a copy without metadata.

    From then on the tip is anonymous. Raises `Conflict(code="no_identity")`.
    """
    _require_kept(tip)
    looks = sum(len(one.looks) for one in tip.identity_requests)
    after = replace(
        tip,
        reporter=None,
        identity_key=None,
        identity_until=None,
        identity_mode=IdentityMode.ANONYMOUS,
        evidence=tuple(anonymous(one) for one in tip.evidence),
    )
    return Decision(after, noted=(Noted("identity_withdrawn", {"looks": looks}),), next_due=_due(after))


def looks(tip: Tip) -> Iterator[tuple[datetime, IdentityRequest]]:
    """Every look at the identity with its request, oldest first."""
    return iter(
        sorted(((at, one) for one in tip.identity_requests for at in one.looks), key=lambda look: look[0])
    )


def find(tip: Tip, number: int) -> IdentityRequest:
    """Raises `NotFound`."""
    found = next((one for one in tip.identity_requests if one.number == number), None)
    if found is None:
        raise NotFound("There is no such request.")
    return found


def _require_kept(tip: Tip) -> None:
    if tip.reporter is None:
        raise Conflict("No identity is kept here.", code="no_identity")


def _with(tip: Tip, changed: IdentityRequest) -> Tip:
    kept = (changed if one.number == changed.number else one for one in tip.identity_requests)
    return replace(tip, identity_requests=tuple(kept))


def _noted(after: Tip, what: str, request: IdentityRequest) -> Decision[Tip]:
    kept = {
        "request": request.number,
        "purpose": request.purpose.value,
        "legal_basis": request.legal_basis.value,
    }
    return Decision(after, noted=(Noted(what, kept),), next_due=_due(after))


def _due(tip: Tip) -> datetime | None:
    return deadlines.next_due(tip)
