"""Kafka in: a tip that is referred opens a case here, one per referral. What mediation told itself comes
back, too, and has an effect only where the database has lost it.
"""

from collections.abc import Awaitable, Callable

from services.mediation.usecases.bench import Bench
from services.mediation.usecases.opening import open_by_referral
from services.mediation.usecases.recalling import recall
from shared.clock import Clock
from shared.consume import Consumer, Reaction
from shared.contracts import mediation as contract
from shared.contracts.mediation import CaseEvent
from shared.contracts.tips import TipReferredToMediation
from shared.events import Event
from shared.mongo import Database

SERVICE = "mediation"
OWN = tuple(model for model in contract.EVENTS if issubclass(model, CaseEvent))
TOPICS = (TipReferredToMediation.TOPIC, CaseEvent.TOPIC)

React = Callable[[Event], Awaitable[None]]


def _opening(bench: Bench) -> React:
    async def open_case(event: Event) -> None:
        await open_by_referral(bench, event)

    return open_case


def _recalling(bench: Bench, model: type[CaseEvent]) -> React:
    async def recall_case(event: Event) -> None:
        await recall(bench, event, model.read(event.data))

    return recall_case


def consumer(database: Database, bench: Bench, *, bootstrap: str, clock: Clock) -> Consumer:
    return Consumer(
        service=SERVICE,
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects={
            TipReferredToMediation.TYPE: [Reaction(_opening(bench))],
            **{model.TYPE: [Reaction(_recalling(bench, model))] for model in OWN},
        },
        clock=clock,
    )
