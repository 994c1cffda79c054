"""How a case begins: by a referral, by a request, or on the spot; and whether it is one for mediation."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.mediation.domain.decided import ended, told
from services.mediation.domain.rules import LAST_SECOND, MediationRules, Rulebook
from services.mediation.domain.state import Case, ChosenBy, Party
from services.mediation.domain.table import Call, enter
from services.mediation.domain.team import Candidate, require_impartial
from shared.contracts.case_vocabulary import (
    CaseState,
    MediationGround,
    MediationOutcome,
    ScopeDecision,
    ScopeGround,
)
from shared.contracts.vocabulary import Authority, Category, DisputeType
from shared.decision import Decision, Happened
from shared.errors import Fault, Invalid

LEAST_PARTIES = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What a case begins with. `key` is the wrapped data key of the new case."""

    area: str
    dispute_type: DisputeType
    ground: MediationGround
    key: str
    parties: tuple[Party, ...] = ()
    category: Category | None = None
    tip_id: str | None = None
    referral: int | None = None
    join_hash: str | None = None


def request(asked: Request, rulebook: Rulebook, now: datetime) -> Decision[Case]:
    """(none) → requested, `mediation.requested` {ground}. The rules are those of this day.

    A category that is never mediable ends at once as out of scope, so that the tip goes back.
    """
    rules = rulebook.on(now)
    case = _new(asked, CaseState.REQUESTED, rules, now)
    requested = Happened("mediation.requested", {"ground": asked.ground.value})
    begun = told(case, "requested", rules, requested, kept={"ground": asked.ground.value})
    if asked.category not in rules.never_mediable:
        return begun
    out = decide_scope(
        case, ScopeDecision.OUT, ground=ScopeGround.BARRED_BY_LAW, next_body=None, rules=rules, now=now
    )
    return replace(
        out,
        happened=begun.happened + out.happened,
        noted=begun.noted + out.noted,
    )


def on_the_spot(
    asked: Request, candidate: Candidate, *, began_at: datetime, rulebook: Rulebook, now: datetime
) -> Decision[Case]:
    """(none) → in_session: a mediator who settled matters where they happened writes it down, with every
    party's consent, before the time to begin (`start_within`) has passed. `mediation.requested`.

    Raises `Invalid` for one party alone, a party without consent, or a beginning that is too long ago;
    `Conflict(code="mediator_conflict_of_interest")`.
    """
    require_impartial(candidate)
    rules = rulebook.on(now)
    faults = []
    if began_at > now:
        faults.append(Fault("/began_at", "lies in the future"))
    elif now >= rules.calendar.due(began_at, rules.start_within).at + LAST_SECOND:
        faults.append(Fault("/began_at", f"is longer ago than {rules.start_within}: request a case instead"))
    if len(asked.parties) < LEAST_PARTIES:
        faults.append(Fault("/parties", f"must name at least {LEAST_PARTIES}"))
    faults += [
        Fault(f"/parties/{place}/consents", "must be true: nobody mediates on the spot without consent")
        for place, party in enumerate(asked.parties)
        if party.agreed_at is None
    ]
    if faults:
        raise Invalid("the mediation on the spot cannot be recorded", tuple(faults))
    case = replace(
        _new(asked, CaseState.IN_SESSION, rules, now),
        scope=ScopeDecision.IN,
        accepted_at=began_at,
        mediator=candidate.mediator,
        mediator_subject=candidate.subject,
        chosen_by=ChosenBy.PARTIES,
        assigned_at=began_at,
    )
    happened = Happened("mediation.requested", {"ground": asked.ground.value})
    return told(
        case, "begun_on_the_spot", rules, happened, kept={"began_at": began_at, "by": candidate.mediator}
    )


def decide_scope(
    case: Case,
    decision: ScopeDecision,
    *,
    ground: ScopeGround | None,
    next_body: Authority | None,
    rules: MediationRules,
    now: datetime,
) -> Decision[Case]:
    """requested, awaiting_advice → consent_pending, closed or awaiting_advice; `mediation.scope_decided`, and
    out also `mediation.concluded` {out_of_scope}, `mediation.closed`.

    `ground` belongs to `out` and to nothing else, and so does `next_body`, to whom the parties are sent.
    """
    call = {
        ScopeDecision.IN: Call.scope_in,
        ScopeDecision.OUT: Call.scope_out,
        ScopeDecision.UNSURE: Call.scope_unsure,
    }[decision]
    status = enter(call, case.status)
    out = decision is ScopeDecision.OUT
    if out != (ground is not None):
        raise Invalid(
            "the scope decision is not complete", (Fault("/ground", "goes with out, and only there"),)
        )
    if next_body is not None and not out:
        raise Invalid("the scope decision is not complete", (Fault("/next_body", "goes with out alone"),))
    facts: dict[str, object] = {"decision": decision.value}
    if ground is not None:
        facts["ground"] = ground.value
    if next_body is not None:
        facts["next_body"] = next_body.value
    after = replace(case, status=status, scope=decision, scope_ground=ground)
    decided = Happened("mediation.scope_decided", facts)
    if not out:
        return told(after, "scope_decided", rules, decided, kept=facts)
    after, happened = ended(
        after, None, rules, now, outcome=MediationOutcome.OUT_OF_SCOPE, next_body=next_body
    )
    return told(after, "scope_decided", rules, decided, *happened, kept=facts)


def _new(asked: Request, status: CaseState, rules: MediationRules, now: datetime) -> Case:
    return Case(
        status=status,
        area=asked.area,
        dispute_type=asked.dispute_type,
        ground=asked.ground,
        requested_at=now,
        profile=rules.profile,
        key=asked.key,
        category=asked.category,
        tip_id=asked.tip_id,
        referral=asked.referral,
        join_hash=asked.join_hash,
        parties=asked.parties,
    )
