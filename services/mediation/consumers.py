"""Kafka in: a tip that is referred opens a case here, one per referral."""

from collections.abc import Awaitable, Callable

from services.mediation.usecases.bench import Bench
from services.mediation.usecases.opening import open_by_referral
from shared.clock import Clock
from shared.consume import Consumer, Reaction
from shared.contracts.tips import TipReferredToMediation
from shared.events import Event
from shared.mongo import Database

SERVICE = "mediation"
TOPICS = (TipReferredToMediation.TOPIC,)


def _opening(bench: Bench) -> Callable[[Event], Awaitable[None]]:
    async def open_case(event: Event) -> None:
        await open_by_referral(bench, event)

    return open_case


def consumer(database: Database, bench: Bench, *, bootstrap: str, clock: Clock) -> Consumer:
    return Consumer(
        service=SERVICE,
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects={TipReferredToMediation.TYPE: [Reaction(_opening(bench))]},
        clock=clock,
    )
