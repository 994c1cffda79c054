"""Mediation reads what it told itself: after its database was lost, its cases stand where they stood."""

from datetime import datetime

from services.mediation.domain import recalling as domain
from services.mediation.domain.recalling import Told
from services.mediation.domain.state import Case
from services.mediation.usecases.bench import Bench
from shared.contracts.mediation import CaseEvent, MediationConcluded, MediationFollowupDue
from shared.contracts.mediation import MediationRequested as Requested
from shared.contracts.mediation import MediationScopeDecided as ScopeDecided
from shared.decision import Decision
from shared.events import Event
from shared.outbox import Cause


async def recall(bench: Bench, event: Event, data: CaseEvent) -> None:
    """Takes a case up where its own event left it; does nothing for a case that stands there already, as it
    does unless the database was lost. Raises Unavailable."""
    if event.sequence is None:
        return
    told = Told(
        state=data.state,
        area=data.area,
        dispute_type=data.dispute_type,
        requested_at=data.requested_at,
        at=event.time,
        tip_id=data.tip_id,
        referral=data.referral,
        ground=data.ground if isinstance(data, Requested) else None,
        scope=data.decision if isinstance(data, ScopeDecided) else None,
        outcome=data.outcome if isinstance(data, MediationConcluded) else None,
        follow_up=data.follow_up if isinstance(data, MediationFollowupDue) else None,
    )
    key = bench.sealer.new_key(event.subject)

    def decide(case: Case | None, now: datetime) -> Decision[Case]:
        return domain.recall(case, told, key, bench.rules)

    cause = Cause(f"event:{event.type}", event.traceparent)
    await bench.cases.take_up(event.subject, decide, cause, sequence=event.sequence)
