"""Receiving a tip."""

from dataclasses import dataclass
from datetime import datetime

from services.tips.clocks.domain import engine
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import CLOCK_SKEW, LIMITS, Rulebook
from services.tips.tip.domain.state import Tip
from shared.contracts.vocabulary import Category, Channel, IdentityMode, OccurredPrecision, TipState
from shared.decision import Decision, Happened, Noted
from shared.errors import Fault, Invalid


@dataclass(frozen=True, slots=True)
class NewTip:
    """What was told. `text` and `place` are sealed under `key`, `reporter` under `identity_key`; `text_size`
    is the plain text's characters."""

    area: str
    category: Category
    channel: Channel
    identity_mode: IdentityMode
    receipt_hash: str
    key: str
    text: str
    text_size: int
    place: str | None = None
    reporter: str | None = None
    identity_key: str | None = None
    occurred_at: datetime | None = None
    occurred_precision: OccurredPrecision | None = None
    remote_area: bool = False


def receive(new: NewTip, rules: Rulebook, now: datetime) -> Decision[Tip]:
    """(none) → received, `tip.received`. The rule profile of `now`'s local day is kept for the tip's whole
    life.

    Raises `Invalid` with pointers into the body of `POST /tips`.
    """
    faults = tuple(_faults(new, now))
    if faults:
        raise Invalid("the tip cannot be received as it is", faults)
    profile = rules.on(now)
    tip = Tip(
        status=TipState.RECEIVED,
        area=new.area,
        category=new.category,
        channel=new.channel,
        identity_mode=new.identity_mode,
        received_at=now,
        profile=profile.profile,
        receipt_hash=new.receipt_hash,
        key=new.key,
        text=new.text,
        place=new.place,
        reporter=new.reporter,
        identity_key=new.identity_key,
        occurred_at=new.occurred_at,
        occurred_precision=new.occurred_precision,
        remote_area=new.remote_area,
        restricted=new.category is Category.OFFICER_MISCONDUCT,
        clocks=engine.start(profile, "received", now, round_=1, remote_area=new.remote_area),
    )
    return Decision(tip, (Happened("tip.received"),), (Noted("received"),), deadlines.next_due(tip))


def _faults(new: NewTip, now: datetime) -> list[Fault]:
    found = []
    if not 1 <= new.text_size <= LIMITS.text:
        found.append(Fault("/text", f"must have 1 to {LIMITS.text} characters"))
    if new.occurred_at is not None and new.occurred_at > now + CLOCK_SKEW:
        found.append(Fault("/occurred_at", "lies in the future"))
    if new.identity_mode is IdentityMode.ANONYMOUS and new.reporter is not None:
        found.append(Fault("/reporter", "must be left out when identity_mode is anonymous"))
    return found
