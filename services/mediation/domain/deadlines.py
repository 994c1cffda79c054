"""What time does to a case: by when something must happen, and when the clock next fires."""

from datetime import datetime

from services.mediation.domain.rules import LAST_SECOND, Calendar, MediationRules
from services.mediation.domain.state import Case, FollowUp, Party
from shared.contracts.case_vocabulary import CaseState

START = "start"
ANSWER = "answer"
FOLLOW_UP = "follow_up"


def gives_up_at(party: Party, rules: MediationRules) -> datetime | None:
    """When a party who was tried often enough counts as unreachable (UTC), None before the last attempt."""
    tried = party.attempts >= rules.max_attempts and party.last_attempt_at is not None
    if party.agreed_at is not None or not tried or party.last_attempt_at is None:
        return None
    return rules.calendar.due(party.last_attempt_at, rules.answer_within).at


def deadline(case: Case, rules: MediationRules) -> tuple[str, datetime] | None:
    """What is due next and when (UTC): `start` of the talks, an `answer`, a `follow_up`."""
    if case.status is CaseState.CONSENT_PENDING:
        ends = [end for party in case.parties if (end := gives_up_at(party, rules)) is not None]
        return (ANSWER, min(ends)) if ends else None
    if case.status is CaseState.ASSIGNED and case.start_by is not None:
        return START, case.start_by
    if case.status is CaseState.FOLLOWING_UP:
        waiting = [one.due_at for one in case.follow_ups if one.done_at is None]
        return (FOLLOW_UP, min(waiting)) if waiting else None
    return None


def overdue(case: Case, rules: MediationRules, now: datetime) -> bool:
    found = deadline(case, rules)
    return found is not None and now >= found[1] + LAST_SECOND


def next_due(case: Case, rules: MediationRules) -> datetime | None:
    """The earliest moment at which `tick` has something to do (UTC), None when there is none."""
    if case.status is CaseState.CONSENT_PENDING:
        ends = [end for party in case.parties if (end := gives_up_at(party, rules)) is not None]
        return min(ends) + LAST_SECOND if ends else None
    if case.status is CaseState.FOLLOWING_UP:
        return min((one.due_at for one in case.follow_ups if one.fired_at is None), default=None)
    if case.status is CaseState.CLOSED and case.kept_until is not None:
        return case.kept_until + LAST_SECOND
    return None


def follow_ups(calendar: Calendar, concluded_at: datetime, after: tuple[str, ...]) -> tuple[FollowUp, ...]:
    """The looks at an agreement that the rules ask for, counted from its day."""
    return tuple(
        FollowUp(number, calendar.due(concluded_at, within).at) for number, within in enumerate(after, 1)
    )
