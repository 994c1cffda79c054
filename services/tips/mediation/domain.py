"""The road to mediation and back: refer, settle, take back (docs/integrations.md, "A dispute goes to
mediation").
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from services.tips.clocks.domain import engine
from services.tips.handling.domain.first_steps import ended, require_not_barred, with_officer
from services.tips.handling.domain.outcomes import answered
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import CLOCK_SKEW, Rulebook, TipRules
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter, refusal
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import Category, Classification, TipOutcome, TipState
from shared.decision import Decision, Happened, Noted
from shared.errors import Conflict, Fault, Invalid


class ConsentMeans(StrEnum):
    """How the reporter agreed to the referral."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class ScopeAnswers:
    """What is asked at referral; one true answer keeps the matter out of mediation (Law on Grassroots
    Mediation 2013, article 3)."""

    state_or_public_interest: bool
    must_be_prosecuted: bool
    must_be_sanctioned: bool
    barred_by_law: bool


@dataclass(frozen=True, slots=True)
class Consent:
    how: ConsentMeans
    at: datetime


_INSTEAD = {
    "state_or_public_interest": "harms the State or the public: hand it over (/handover) to the people's "
    "committee or the authority in charge",
    "must_be_prosecuted": "must be prosecuted: classify it as crime_report (/classify) and hand it over "
    "(/handover) to the investigation agency",
    "must_be_sanctioned": "must be sanctioned: classify it as admin_violation (/classify), then resolve it "
    "(/resolve) or hand it over (/handover)",
    "barred_by_law": "may not be mediated by law: hand it over (/handover) to the authority in charge, or "
    "decline it (/decline) as civil_matter",
}


def refer(
    tip: Tip,
    scope: ScopeAnswers,
    *,
    reporter_is_party: bool,
    consent: Consent | None,
    join_hash: str,
    by: str,
    rules: Rulebook,
    now: datetime,
) -> Decision[Tip]:
    """classified as a dispute → referred, `tip.referred_to_mediation` {referral: 1, 2, …; dispute_type,
    join_hash}.

    `consent` is needed where the reporter is a party, and only there. Which categories are never mediable
    says the profile of the day the tip came in. Raises `IllegalTransition`,
    `Forbidden(code="another_officer_must_act")`, `Conflict(code="not_mediable")`, `Invalid` with code
    `out_of_mediation_scope` or with pointers into the consent.
    """
    status = enter(Call.refer_to_mediation, tip.status)
    if tip.classification is not Classification.DISPUTE or tip.dispute_type is None:
        why = "only a tip classified as a dispute is referred to mediation"
        raise refusal(Call.refer_to_mediation, tip.status, why)
    require_not_barred(tip, by)
    _require_mediable(tip, rules.of(tip.profile))
    _require_in_scope(scope)
    _require_consent(tip, reporter_is_party, consent, now)
    after = replace(
        tip,
        status=status,
        referral=tip.referral + 1,
        referred_at=now,
        mediation_outcome=None,
        handled_by=with_officer(tip.handled_by, by),
        clocks=engine.meet(tip.clocks, Call.refer_to_mediation, now),
    )
    facts: dict[str, object] = {"referral": after.referral, "dispute_type": tip.dispute_type.value}
    kept: dict[str, object] = {"by": by, "reporter_is_party": reporter_is_party}
    if consent is not None:
        kept["consent"] = {"how": consent.how.value, "at": consent.at}
    return Decision(
        after,
        (Happened("tip.referred_to_mediation", {**facts, "join_hash": join_hash}),),
        (Noted("referred_to_mediation", {**facts, **kept}),),
        deadlines.next_due(after),
    )


def settle(tip: Tip, referral: int, *, reply: str, rules: Rulebook, now: datetime) -> Decision[Tip]:
    """referred → replied, `tip.resolved` {referral} and `tip.replied`: settled in mediation, and the reporter
    told so in the same decision. `reply` is sealed.

    Raises `IllegalTransition`, `Conflict(code="older_referral")`: nothing happens any more.
    """
    _require_current(tip, Call.settle, referral)
    resolved = ended(tip, Call.settle, TipOutcome.RESOLVED, note=None, rules=rules, now=now)
    after = replace(
        answered(resolved, Call.settle, reply, rules=rules, now=now),
        mediation_outcome=MediationOutcome.SUCCESSFUL,
    )
    which: dict[str, object] = {"referral": referral}
    about: dict[str, object] = {"outcome": TipOutcome.RESOLVED.value}
    return Decision(
        after,
        (Happened("tip.resolved", which), Happened("tip.replied", about)),
        (Noted("resolved", which), Noted("replied", about)),
        deadlines.next_due(after),
    )


def take_back(tip: Tip, referral: int, outcome: MediationOutcome, *, now: datetime) -> Decision[Tip]:
    """referred → classified, `tip.returned` {referral, outcome}: whoever handles the tip goes on with it.

    Out of scope means that the referral handed nothing over: its clock goes on. Raises `IllegalTransition`,
    `Conflict(code="older_referral")`.
    """
    status = _require_current(tip, Call.take_back, referral)
    running = tip.clocks
    if outcome is MediationOutcome.OUT_OF_SCOPE and tip.referred_at is not None:
        running = engine.resume(running, Call.refer_to_mediation, tip.referred_at, now)
    after = replace(tip, status=status, mediation_outcome=outcome, clocks=running)
    return told(after, "tip.returned", {"referral": referral, "outcome": outcome.value})


def _require_mediable(tip: Tip, rules: TipRules) -> None:
    if tip.restricted and Category.OFFICER_MISCONDUCT in rules.never_mediable:
        # Whatever it is called now: it stays hidden from the ward, mediators included.
        raise Conflict(
            "what has been about an officer is never mediated: hand it over (/handover)", code="not_mediable"
        )
    if tip.category in rules.never_mediable:
        raise Conflict(
            f"{tip.category.value} is never mediated (rule {rules.profile}): hand it over to the authority "
            "in charge (/handover), or correct a wrong category first (/classify)",
            code="not_mediable",
        )


def _require_in_scope(scope: ScopeAnswers) -> None:
    found = tuple(
        Fault(f"/scope/{field.name}", f"what {_INSTEAD[field.name]}")
        for field in fields(scope)
        if getattr(scope, field.name)
    )
    if found:
        raise Invalid("this matter is out of the scope of mediation", found, code="out_of_mediation_scope")


def _require_consent(tip: Tip, reporter_is_party: bool, consent: Consent | None, now: datetime) -> None:
    if reporter_is_party != (consent is not None):
        fault = Fault("/consent", "is required where the reporter is a party, and only there")
        raise Invalid("the reporter's consent is not told as it must be", (fault,))
    if consent is None:
        return
    if consent.at > now + CLOCK_SKEW:
        raise Invalid("the consent cannot be", (Fault("/consent/at", "lies in the future"),))
    if tip.referred_at is not None and consent.at <= tip.referred_at:
        fault = Fault("/consent/at", "was given to an earlier referral; ask the reporter again")
        raise Invalid("the consent is not for this referral", (fault,))


def _require_current(tip: Tip, call: Call, referral: int) -> TipState:
    status = enter(call, tip.status)
    if referral != tip.referral:
        raise Conflict("another referral is the current one", code="older_referral")
    return status
