"""The composition root of tips: everything is made and joined here."""

import asyncio

from fastapi import APIRouter, FastAPI

from services.tips import consumers, rulebook
from services.tips.api import handling, intake, reading, reporter
from services.tips.config import TipsSettings
from services.tips.domain.state import Tip
from services.tips.outgoing import SOURCE, word
from services.tips.reporting import api as reporting
from services.tips.store import COLLECTION, TipStore, within
from services.tips.submission_key import SubmissionKey
from services.tips.usecases.bench import Bench
from services.tips.usecases.identifiers import Secrets
from services.tips.usecases.ticking import tick
from shared import rules
from shared.clock import Clock, SystemClock
from shared.database_clock import DatabaseClock
from shared.mongo import Database
from shared.outbox import Outbox, Relay, StateCodec
from shared.sealing import Keyring, Sealer
from shared.service import database_of, preparing, running
from shared.web import create_app, events_routes

NAME = "tips"
_SWEEP_SECONDS = 600.0


def create(settings: TipsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    database = database_of(settings)
    time = DatabaseClock(database)
    clock = clock or time
    outbox = _outbox(database, clock)
    store = TipStore(database)
    key = SubmissionKey.load(settings.tips_submission_key_file)
    bench = _bench(settings, outbox, store, clock)
    bootstrap = settings.kafka_bootstrap_servers
    relay = Relay(
        [outbox],
        bootstrap,
        settings.replica_id,
        {COLLECTION: lambda tip_id: tick(bench, tip_id)},
        clock=clock,
    )
    keep = consumers.rejecting(bench, store)
    consumer = consumers.consumer(database, bench, key, keep, bootstrap=bootstrap, clock=clock)

    return create_app(
        name=NAME,
        settings=settings,
        parts=[
            intake.routes(bench, key),
            reading.routes(bench),
            handling.routes(bench),
            reporter.routes(bench),
            *_pages(settings, bench),
            events_routes(outbox.journal, intake.event_intake(bench, key)),
        ],
        time=time,
        status={"relay": relay.status, "consumer": consumer.status},
        lifespan=lambda: running(
            NAME,
            database,
            time,
            [outbox],
            relay=relay.run,
            consumer=consumer.run,
            sweep=lambda: _sweep(store, clock),
        ),
        clock=clock,
        description="Reports from residents: received, worked on, answered, on named clocks.",
    )


def _pages(settings: TipsSettings, bench: Bench) -> list[APIRouter]:
    """What residents open in a browser."""
    desk = reporting.desk(bench, settings.tips_report_area, settings.tips_duty_phone)
    return [reporting.routes(desk), desk.pages.routes()]


async def prepare(settings: TipsSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    async with preparing(settings) as database:
        await _outbox(database, SystemClock()).prepare()
        await TipStore(database).prepare()


async def _sweep(store: TipStore, clock: Clock) -> None:
    while True:
        await store.forget_prints(clock.now())
        await asyncio.sleep(_SWEEP_SECONDS)


def _outbox(database: Database, clock: Clock) -> Outbox[Tip]:
    return Outbox(
        database, COLLECTION, codec=StateCodec(Tip, beside=within), word=word, source=SOURCE, clock=clock
    )


def _bench(settings: TipsSettings, outbox: Outbox[Tip], store: TipStore, clock: Clock) -> Bench:
    return Bench(
        outbox=outbox,
        lookup=store,
        sealer=Sealer(Keyring.parse(settings.tips_sealing_key.get_secret_value())),
        secrets=Secrets(
            identifier=settings.tips_id_secret.get_secret_value().encode(),
            receipt=settings.tips_receipt_secret.get_secret_value().encode(),
        ),
        rules=rulebook.Rulebook(rules.load()),
        clock=clock,
    )
