"""After the outcome: is the agreement kept, how was it, and when is it forgotten."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.mediation.domain.consent import party_of, with_party
from services.mediation.domain.deadlines import gives_up_at, next_due
from services.mediation.domain.decided import closed, ended, told
from services.mediation.domain.rules import LAST_SECOND, MediationRules
from services.mediation.domain.state import Case, EndReason, Judgement
from services.mediation.domain.table import Call, enter, refusal
from shared.contracts.case_vocabulary import CaseState
from shared.contracts.vocabulary import ErasureReason
from shared.decision import Decision, Happened, Noted
from shared.errors import Fault, Invalid

SCORES = range(1, 6)


def judge(
    case: Case, judged: Mapping[int, Judgement], *, by: str, rules: MediationRules, now: datetime
) -> Decision[Case]:
    """Term numbers with what became of them, none when a look that is due found nothing to judge yet; a term
    may be judged anew while others wait. Once all are judged: → closed, with one of
    `mediation.agreement_performed`, `…_partly_performed`, `…_breached`.
    """
    enter(Call.follow_ups, case.status)
    waiting = [one for one in case.follow_ups if one.due_at <= now and one.done_at is None]
    known = {term.number for term in case.terms}
    faults = tuple(
        Fault(f"/terms/{place}/term", "is no term of the agreement")
        for place, number in enumerate(judged)
        if number not in known
    )
    if not judged and not waiting:
        faults = (Fault("/terms", "must name a term: no follow-up is due"),)
    if faults:
        raise Invalid("the judgement is not complete", faults)
    terms = tuple(
        replace(term, judgement=judged[term.number], judged_at=now) if term.number in judged else term
        for term in case.terms
    )
    looks = tuple(replace(one, done_at=now) if one in waiting else one for one in case.follow_ups)
    after = replace(case, terms=terms, follow_ups=looks)
    kept = {"terms": {str(number): one.value for number, one in judged.items()}, "by": by}
    results = {term.judgement for term in terms}
    if None in results:
        return told(after, "followed_up", rules, kept=kept)
    held = _together({one for one in results if one is not None})
    after = closed(replace(after, held=held), rules, now)
    happened = (Happened(f"mediation.agreement_{held.value}"), Happened("mediation.closed"))
    return told(after, "followed_up", rules, *happened, kept=kept)


def _together(results: set[Judgement]) -> Judgement:
    """An agreement is performed when every term is, breached when none is even in part."""
    return next(iter(results)) if len(results) == 1 else Judgement.PARTLY_PERFORMED


def rate(case: Case, number: int, score: int, *, rules: MediationRules) -> Decision[Case]:
    """closed: same state, `mediation.rated` {rating}: 1 (bad) to 5 (good), once by each party."""
    enter(Call.rating, case.status)
    party = party_of(case, number)
    if party.rating is not None:
        raise refusal(Call.rating, case.status, "this party has rated the mediation")
    if score not in SCORES:
        raise Invalid("the rating is not on the scale", (Fault("/rating", "must be 1 to 5"),))
    after = with_party(case, replace(party, rating=score))
    return told(after, "rated", rules, Happened("mediation.rated", {"rating": score}))


def tick(case: Case, *, rules: MediationRules, now: datetime) -> Decision[Case]:
    """What is due: follow-ups announced once each, parties given up, a closed case forgotten."""
    if erases(case, now):
        return erase(case, ErasureReason.RETENTION)
    if case.status is CaseState.CONSENT_PENDING and _unreachable(case, rules, now):
        after, happened = ended(case, EndReason.UNREACHABLE, rules, now)
        return told(after, "not_reached", rules, *happened)
    if case.status is not CaseState.FOLLOWING_UP:
        return Decision(case, next_due=next_due(case, rules))
    due = [one for one in case.follow_ups if one.fired_at is None and one.due_at <= now]
    after = replace(
        case,
        follow_ups=tuple(replace(one, fired_at=now) if one in due else one for one in case.follow_ups),
    )
    happened = tuple(
        Happened("mediation.followup_due", {"follow_up": one.number, "due_at": one.due_at}) for one in due
    )
    noted = tuple(Noted("follow_up_due", {"follow_up": one.number}) for one in due)
    return Decision(after, happened, noted, next_due(after, rules))


def erases(case: Case, now: datetime) -> bool:
    """Whether `tick` at `now` forgets the case."""
    kept = case.kept_until
    return case.status is CaseState.CLOSED and kept is not None and now >= kept + LAST_SECOND


def erase(case: Case, reason: ErasureReason) -> Decision[Case]:
    """closed → erased, `mediation.erased` {reason}. With `key` gone no copy or backup of what was sealed
    opens; what can be counted survives."""
    after = replace(
        case,
        status=enter(Call.erase, case.status),
        key="",
        parties=(),
        sessions=(),
        terms=(),
        mediator=None,
        mediator_subject=None,
        barred=(),
        done=(),
        join_hash=None,
        kept_until=None,
    )
    return Decision(after, (Happened("mediation.erased", {"reason": reason.value}),), (Noted("erased"),))


def _unreachable(case: Case, rules: MediationRules, now: datetime) -> bool:
    ends = (gives_up_at(party, rules) for party in case.parties)
    return any(end is not None and now >= end + LAST_SECOND for end in ends)
