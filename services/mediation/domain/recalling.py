"""A case that was lost with the database stands again where its own events left it. What never left the
service is gone: parties, mediator, notes, terms, and why talks ended.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.mediation.domain.deadlines import follow_ups, next_due
from services.mediation.domain.rules import MediationRules, Rulebook
from services.mediation.domain.state import OPEN, Case, FollowUp
from shared.contracts.case_vocabulary import CaseState, MediationGround, MediationOutcome, ScopeDecision
from shared.contracts.vocabulary import Category, DisputeType
from shared.decision import Decision, Noted


@dataclass(frozen=True, slots=True)
class Told:
    """What an event told of a case. `at` is when it happened; None is what this event does not tell."""

    state: CaseState
    area: str
    dispute_type: DisputeType
    requested_at: datetime
    at: datetime
    tip_id: str | None = None
    referral: int | None = None
    ground: MediationGround | None = None
    scope: ScopeDecision | None = None
    outcome: MediationOutcome | None = None
    follow_up: int | None = None


def recall(case: Case | None, told: Told, key: str, rulebook: Rulebook) -> Decision[Case]:
    """The case after the event: nothing happens, the history notes that it was recalled. `key` is the wrapped
    data key of a case that is not there."""
    rules = rulebook.on(told.requested_at) if case is None else rulebook.of(case.profile)
    before = _begun(told, key, rules) if case is None else case
    after = replace(
        before,
        status=told.state,
        requested_at=told.requested_at,
        ground=told.ground or before.ground,
        scope=told.scope or before.scope,
        join_hash=before.join_hash if told.state in OPEN else None,
        follow_ups=_fired(before.follow_ups, told),
    )
    if told.outcome is not None:
        after = replace(after, outcome=told.outcome, concluded_at=told.at)
    if told.outcome is MediationOutcome.SUCCESSFUL:
        after = replace(after, follow_ups=follow_ups(rules.calendar, told.at, rules.follow_up_after))
    if told.state is CaseState.CLOSED and after.closed_at is None:
        kept_until = rules.calendar.due(told.at, rules.content_kept).at
        after = replace(after, closed_at=told.at, kept_until=kept_until)
    if told.state is CaseState.ERASED:
        after = replace(after, key="", kept_until=None)
    noted = Noted("recalled", {"state": told.state.value, "at": told.at})
    return Decision(after, noted=(noted,), next_due=next_due(after, rules))


def complete(case: Case, category: Category, join_hash: str, rules: MediationRules) -> Decision[Case]:
    """A referral comes to a case that was recalled before it: its reporter may still join."""
    if case.category is not None:
        return Decision(case, next_due=next_due(case, rules))
    known = replace(case, category=category, join_hash=join_hash if case.status in _COMING_IN else None)
    return Decision(known, next_due=next_due(known, rules))


_COMING_IN = frozenset({CaseState.REQUESTED, CaseState.AWAITING_ADVICE, CaseState.CONSENT_PENDING})


def _begun(told: Told, key: str, rules: MediationRules) -> Case:
    by_hand = MediationGround.REFERRAL if told.tip_id is not None else MediationGround.PARTY_REQUEST
    return Case(
        status=told.state,
        area=told.area,
        dispute_type=told.dispute_type,
        ground=told.ground or by_hand,
        requested_at=told.requested_at,
        profile=rules.profile,
        key=key,
        tip_id=told.tip_id,
        referral=told.referral,
    )


def _fired(looks: tuple[FollowUp, ...], told: Told) -> tuple[FollowUp, ...]:
    return tuple(replace(one, fired_at=told.at) if one.number == told.follow_up else one for one in looks)
