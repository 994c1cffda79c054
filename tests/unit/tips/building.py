"""Tips for tests: one as it is received, and the steps that lead to any state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.tips.handling.domain import first_steps, outcomes
from services.tips.intake import domain as intake
from services.tips.mediation import domain as mediation
from services.tips.mediation.domain import Consent, ConsentMeans, ScopeAnswers
from services.tips.reporter import domain as reporter
from services.tips.tip.domain.state import Tip
from services.tips.tip.rulebook import Rulebook
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import (
    Authority,
    Category,
    Channel,
    Classification,
    DeclineReason,
    DisputeType,
    IdentityMode,
    TipState,
    UnfoundedReason,
)
from shared.decision import Decision
from shared.rules import load

RULES = Rulebook(load())
RECEIVED = datetime.fromisoformat("2026-09-14T05:10:00+07:00").astimezone(UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LATER = RECEIVED + 4 * DAY
OFFICER, COLLEAGUE = "officer-1", "officer-2"


def new_tip() -> intake.NewTip:
    return intake.NewTip(
        area="99/99001/tdp-4",
        category=Category.THEFT_BURGLARY,
        channel=Channel.ZALO_OA,
        identity_mode=IdentityMode.PROTECTED,
        receipt_hash="keyed-hash",
        key="wrapped",
        text="sealed",
        text_size=100,
    )


def received(**changes: object) -> Tip:
    return intake.receive(replace(new_tip(), **changes), RULES, RECEIVED).state  # type: ignore[arg-type]


def classified(tip: Tip | None = None, *, now: datetime = RECEIVED + HOUR, by: str = OFFICER) -> Tip:
    return first_steps.classify(tip or received(), Classification.CRIME_REPORT, by=by, now=now).state


def dispute(tip: Tip | None = None, *, now: datetime = RECEIVED + HOUR, by: str = OFFICER) -> Tip:
    return first_steps.classify(
        tip or received(category=Category.NEIGHBOUR_DISPUTE),
        Classification.DISPUTE,
        by=by,
        now=now,
        dispute_type=DisputeType.BOUNDARY,
    ).state


NOTHING_AGAINST = ScopeAnswers(False, False, False, False)


def referral(
    tip: Tip, *, now: datetime = RECEIVED + 2 * HOUR, by: str = OFFICER, **changes: Any
) -> Decision[Tip]:
    told: dict[str, Any] = {
        "scope": NOTHING_AGAINST,
        "reporter_is_party": True,
        "consent": Consent(ConsentMeans.PHONE, now),
        "join_hash": "9b1c" * 16,
        **changes,
    }
    return mediation.refer(tip, told.pop("scope"), by=by, rules=RULES, now=now, **told)


def referred(tip: Tip | None = None, *, now: datetime = RECEIVED + 2 * HOUR, by: str = OFFICER) -> Tip:
    return referral(tip or dispute(), now=now, by=by).state


def settled(tip: Tip | None = None, *, now: datetime = RECEIVED + 72 * HOUR) -> Tip:
    tip = tip or referred()
    return mediation.settle(tip, tip.referral, reply="sealed", rules=RULES, now=now).state


def handed_over(now: datetime = RECEIVED + 2 * HOUR) -> Tip:
    tip = classified()
    return outcomes.handover(tip, Authority.INVESTIGATION_AGENCY, by=OFFICER, rules=RULES, now=now).state


def resolved(tip: Tip | None = None, *, now: datetime = RECEIVED + 2 * HOUR, by: str = OFFICER) -> Tip:
    return outcomes.resolve(tip or classified(), by=by, rules=RULES, now=now).state


def unfounded() -> Tip:
    reason = UnfoundedReason.NOTHING_FOUND
    return outcomes.find_unfounded(
        classified(), reason, by=OFFICER, rules=RULES, now=RECEIVED + 2 * HOUR
    ).state


def declined() -> Tip:
    return first_steps.decline(
        received(), DeclineReason.SPAM, by=OFFICER, rules=RULES, now=RECEIVED + HOUR
    ).state


def replied(tip: Tip | None = None, *, now: datetime = RECEIVED + 3 * HOUR, by: str = OFFICER) -> Tip:
    return outcomes.reply(tip or resolved(), text="sealed", size=20, by=by, rules=RULES, now=now).state


def closed(now: datetime = RECEIVED + 4 * HOUR) -> Tip:
    return outcomes.close(replied(), rules=RULES, now=now).state


def reopened(now: datetime = RECEIVED + 24 * HOUR) -> Tip:
    return reporter.contest(replied(), rules=RULES, now=now).state


IN_STATE: dict[TipState, Callable[[], Tip]] = {
    TipState.RECEIVED: received,
    TipState.CLASSIFIED: classified,
    TipState.HANDED_OVER: handed_over,
    TipState.RESOLVED: resolved,
    TipState.UNFOUNDED: unfounded,
    TipState.OUT_OF_SCOPE: declined,
    TipState.REPLIED: replied,
    TipState.CLOSED: closed,
    TipState.REOPENED: reopened,
    TipState.REFERRED: referred,
    TipState.ERASED: lambda: replace(closed(), status=TipState.ERASED),
}
"""One tip in every state."""


def returned(outcome: MediationOutcome = MediationOutcome.ENDED, *, now: datetime = LATER) -> Tip:
    return mediation.take_back(referred(), 1, outcome, now=now).state
