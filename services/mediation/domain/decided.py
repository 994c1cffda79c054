"""The shapes that decisions share: something told, and the end of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from services.mediation.domain.deadlines import next_due
from services.mediation.domain.rules import MediationRules
from services.mediation.domain.state import Case, EndReason
from shared.contracts.case_vocabulary import CaseState, MediationOutcome
from shared.contracts.vocabulary import Authority
from shared.decision import Decision, Happened, Noted

NOTHING: Mapping[str, object] = MappingProxyType({})


def told(
    after: Case,
    what: str,
    rules: MediationRules,
    *happened: Happened,
    kept: Mapping[str, object] = NOTHING,
) -> Decision[Case]:
    """`happened` goes out; `what` with `kept` stays in the logbook."""
    return Decision(after, happened, (Noted(what, kept),), next_due(after, rules))


def closed(case: Case, rules: MediationRules, now: datetime) -> Case:
    """The case closed at `now`, its content kept for as long as the rules say."""
    kept_until = rules.calendar.due(now, rules.content_kept).at
    return replace(case, status=CaseState.CLOSED, closed_at=now, kept_until=kept_until, join_hash=None)


def ended(
    case: Case,
    reason: EndReason | None,
    rules: MediationRules,
    now: datetime,
    *,
    outcome: MediationOutcome = MediationOutcome.ENDED,
    next_body: Authority | None = None,
) -> tuple[Case, tuple[Happened, ...]]:
    """The case concluded and closed without an agreement, and what is told of it: never the reason."""
    after = closed(
        replace(case, outcome=outcome, end_reason=reason, concluded_at=now, next_body=next_body), rules, now
    )
    facts: dict[str, object] = {"outcome": outcome.value}
    if next_body is not None:
        facts["next_body"] = next_body.value
    return after, (Happened("mediation.concluded", facts), Happened("mediation.closed"))
