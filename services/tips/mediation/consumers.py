"""Kafka in: how mediation ended, on `mediation.case.v1`."""

from collections.abc import Awaitable, Callable

from services.tips.mediation.usecases import conclude
from services.tips.tip.usecases.bench import Bench
from shared.contracts.mediation import MediationConcluded
from shared.errors import Poison
from shared.events import Event
from shared.outbox import Cause


def closing_the_loop(bench: Bench) -> Callable[[Event], Awaitable[None]]:
    async def conclude_referral(event: Event) -> None:
        concluded = MediationConcluded.read(event.data)
        if concluded.tip_id is None:
            return  # the parties came by themselves: there is no tip
        if concluded.referral is None or event.sequence is None:
            raise Poison("a conclusion for a tip names its referral and its sequence", code="schema")
        seen = (event.subject, event.sequence)
        cause = Cause(f"event:{event.type}", event.traceparent, seen)
        await conclude(bench, concluded.tip_id, concluded.referral, concluded.outcome, cause)

    return conclude_referral
