"""From a mediator to an outcome: assignment, objection, sessions, the end of the talks."""

from dataclasses import replace
from datetime import date, datetime

from services.mediation.domain.consent import party_of
from services.mediation.domain.deadlines import follow_ups
from services.mediation.domain.decided import ended, told
from services.mediation.domain.rules import LIMITS, MediationRules
from services.mediation.domain.state import Case, ChosenBy, EndReason, Session, Term
from services.mediation.domain.table import Call, enter, refusal
from services.mediation.domain.team import Candidate, require_impartial
from shared.contracts.case_vocabulary import MediationOutcome
from shared.decision import Decision, Happened
from shared.errors import Conflict, Fault, Invalid


def assign(
    case: Case, candidate: Candidate, *, chosen_by: ChosenBy, by: str, rules: MediationRules, now: datetime
) -> Decision[Case]:
    """accepted, assigned → assigned, `mediation.assigned` {start_by}. Nobody with an interest may serve, nor
    one whom a party objected to.

    Raises `Conflict` with codes `mediator_conflict_of_interest`, `mediator_objected_to`.
    """
    status = enter(Call.assignments, case.status)
    require_impartial(candidate)
    if candidate.mediator in case.barred:
        raise Conflict("a party objected to this mediator: choose another", code="mediator_objected_to")
    start_by = rules.calendar.due(now, rules.start_within).at
    after = replace(
        case,
        status=status,
        mediator=candidate.mediator,
        mediator_subject=candidate.subject,
        chosen_by=chosen_by,
        assigned_at=now,
        start_by=start_by,
    )
    kept = {"mediator": candidate.mediator, "chosen_by": chosen_by.value, "by": by, "start_by": start_by}
    return told(after, "assigned", rules, Happened("mediation.assigned", {"start_by": start_by}), kept=kept)


def object_to(case: Case, mediator: str, *, number: int, by: str, rules: MediationRules) -> Decision[Case]:
    """A party does not want this mediator, who is barred from the case; an assigned one has it no more, and
    another must be named."""
    status = enter(Call.objections, case.status)
    party_of(case, number)
    if mediator in case.barred:
        raise refusal(Call.objections, case.status, "this mediator is barred from the case already")
    serving = case.mediator == mediator
    after = replace(
        case,
        status=status,
        barred=(*case.barred, mediator),
        mediator=None if serving else case.mediator,
        mediator_subject=None if serving else case.mediator_subject,
    )
    return told(after, "objected", rules, kept={"party": number, "mediator": mediator, "by": by})


def hold_session(
    case: Case, session: Session, *, by: str, rules: MediationRules, now: datetime
) -> Decision[Case]:
    """assigned, in_session → in_session, `mediation.session_held` {session, held_at}. With violence or
    coercion (`stopped`) the talks end there: → closed.

    Raises `Invalid`, also for a party who is not in the case.
    """
    status = enter(Call.stop if session.stopped else Call.sessions, case.status)
    if case.mediator is None:
        raise refusal(Call.sessions, case.status, "no mediator is assigned since a party objected")
    faults = []
    if session.held_at > now:
        faults.append(Fault("/held_at", "lies in the future"))
    if session.held_at < case.requested_at:
        faults.append(Fault("/held_at", "is before the case was requested"))
    if len(case.sessions) >= LIMITS.sessions:
        faults.append(Fault("", f"at most {LIMITS.sessions} sessions"))
    if faults:
        raise Invalid("the session cannot be recorded", tuple(faults))
    for place, number in enumerate(session.attended):
        party_of(case, number, f"/attended/{place}")
    held = replace(session, number=len(case.sessions) + 1)
    after = replace(case, status=status, sessions=(*case.sessions, held))
    happened = Happened("mediation.session_held", {"session": held.number, "held_at": held.held_at})
    kept = {"session": held.number, "held_at": held.held_at, "attended": list(held.attended), "by": by}
    if not held.stopped:
        return told(after, "session_held", rules, happened, kept=kept)
    after, more = ended(after, EndReason.STOPPED, rules, now)
    return told(after, "session_stopped", rules, happened, *more, kept=kept)


def succeed(
    case: Case, terms: tuple[Term, ...], *, today: date, by: str, rules: MediationRules, now: datetime
) -> Decision[Case]:
    """in_session → following_up, `mediation.concluded` {successful}. `today` is the local day.

    Raises `Invalid`, also for an owner who is no party.
    """
    status = enter(Call.succeed, case.status)
    if not 1 <= len(terms) <= LIMITS.terms:
        raise Invalid("the agreement is not complete", (Fault("/terms", f"must be 1 to {LIMITS.terms}"),))
    faults = tuple(
        Fault(f"/terms/{place}/due", "must not be before today")
        for place, term in enumerate(terms)
        if term.due is not None and term.due < today
    )
    if faults:
        raise Invalid("the agreement cannot be kept", faults)
    for place, term in enumerate(terms):
        for position, owner in enumerate(term.owners):
            party_of(case, owner, f"/terms/{place}/owners/{position}")
    after = replace(
        case,
        status=status,
        outcome=MediationOutcome.SUCCESSFUL,
        concluded_at=now,
        terms=tuple(replace(term, number=number) for number, term in enumerate(terms, 1)),
        follow_ups=follow_ups(rules.calendar, now, rules.follow_up_after),
    )
    concluded = Happened("mediation.concluded", {"outcome": MediationOutcome.SUCCESSFUL.value})
    return told(after, "agreed", rules, concluded, kept={"terms": len(terms), "by": by})


def fail(case: Case, *, by: str, rules: MediationRules, now: datetime) -> Decision[Case]:
    """in_session → closed: no agreement was found."""
    enter(Call.fail, case.status)
    after, happened = ended(case, EndReason.UNSUCCESSFUL, rules, now)
    return told(after, "not_agreed", rules, *happened, kept={"by": by})
