"""The composition root of tips: everything is made and joined here."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, FastAPI

from services.tips import consumers
from services.tips.clocks import api as clocks
from services.tips.config import TipsSettings
from services.tips.dialogue import api as dialogue
from services.tips.duplicates import api as duplicates
from services.tips.erasure import api as erasure
from services.tips.erasure.store import ErasureStore
from services.tips.evidence import api as evidence
from services.tips.evidence.cleaning import Cleaner
from services.tips.evidence.store import EvidenceStore
from services.tips.evidence.usecases import Shelf
from services.tips.handling import api as handling
from services.tips.identity import api as identity
from services.tips.intake import api as intake
from services.tips.intake.consumers import rejecting
from services.tips.intake.store import IntakeStore
from services.tips.intake.submission_key import SubmissionKey
from services.tips.ledger import api as ledger_api
from services.tips.ledger import page as ledger_page
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.store import LedgerStore
from services.tips.ledger.usecases.bench import Ledger
from services.tips.ledger.witness import FileWitness
from services.tips.ledger.worker import Worker
from services.tips.mediation import api as mediation
from services.tips.pressure.doorkeeper import Doorkeeper
from services.tips.pressure.gate import Gate
from services.tips.reading import api as reading
from services.tips.reporter import api as reporter
from services.tips.reporting import api as reporting
from services.tips.rewrapping.store import WrappedKeyStore
from services.tips.rewrapping.usecases import Rewrapped, rewrap
from services.tips.ticking.usecases import tick
from services.tips.tip import rulebook
from services.tips.tip.domain.state import Tip
from services.tips.tip.outgoing import SOURCE, word
from services.tips.tip.store import COLLECTION, TipStore, within
from services.tips.tip.usecases.bench import Bench
from services.tips.tip.usecases.identifiers import Secrets
from services.tips.tracking import api as tracking
from shared import rules
from shared.clock import Clock, SystemClock
from shared.database_clock import DatabaseClock
from shared.identifiers import keyed
from shared.key_encryption import ring_of
from shared.mongo import Database
from shared.outbox import Outbox, Relay, StateCodec
from shared.sealing import Sealer
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
    store, files = IntakeStore(database), EvidenceStore(database)
    shelf = Shelf(files, Cleaner.make())
    key = SubmissionKey.load(settings.tips_submission_key_file)
    bench = _bench(settings, outbox, TipStore(database), clock)
    bootstrap = settings.kafka_bootstrap_servers
    relay = Relay(
        [outbox],
        bootstrap,
        settings.replica_id,
        {COLLECTION: lambda tip_id: tick(bench, tip_id)},
        clock=clock,
    )
    ledger = _ledger(settings, database, outbox, clock)
    worker = Worker(ledger, relay.leads)
    keep = rejecting(bench, store)
    consumer = consumers.consumer(database, bench, key, keep, bootstrap=bootstrap, clock=clock)

    return create_app(
        name=NAME,
        settings=settings,
        parts=[
            intake.routes(bench, key),
            *(
                feature.routes(bench)
                for feature in (reading, clocks, handling, dialogue, mediation, duplicates, identity)
            ),
            ledger_api.routes(ledger, bench),
            ledger_page.routes(ledger, bench),
            *_pages(settings, bench),
            erasure.routes(bench, ErasureStore(database)),
            evidence.routes(bench, shelf),
            reporter.routes(bench, shelf),
            events_routes(outbox.journal, intake.event_intake(bench, key)),
        ],
        time=time,
        status={"relay": relay.status, "consumer": consumer.status, "ledger": worker.status},
        lifespan=lambda: running(
            NAME,
            database,
            time,
            [outbox],
            relay=relay.run,
            consumer=consumer.run,
            ledger=worker.run,
            sweep=lambda: _sweep(store, files, clock),
        ),
        clock=clock,
        uploads=evidence.UPLOADS,
        description="Reports from residents: received, worked on, answered, on named clocks.",
    )


def _pages(settings: TipsSettings, bench: Bench) -> list[APIRouter]:
    """What residents open in a browser."""
    secret = keyed(bench.secrets.identifier, "altcha", b"").hex()
    gate = Gate(secret, bench.sealer, bench.clock, settings.tips_free_per_address)
    doorkeeper = Doorkeeper(gate, settings.tips_proxies)
    desk = reporting.desk(bench, settings.tips_report_area, settings.tips_duty_phone, doorkeeper)
    follow = tracking.desk(bench, doorkeeper)
    return [reporting.routes(desk), tracking.routes(follow), desk.pages.routes()]


async def prepare(settings: TipsSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    key = SigningKey.parse(settings.tips_ledger_key.get_secret_value())
    async with preparing(settings) as database:
        outbox = _outbox(database, SystemClock())
        await outbox.prepare()
        log = LedgerStore(database, key.name)
        await log.prepare()
        # A log that has not begun yet takes every history up from its first entry.
        await outbox.history.prepare(anew=await log.head() is None)
        await TipStore(database).prepare()
        await IntakeStore(database).prepare()
        await ErasureStore(database).prepare()
        await EvidenceStore(database).prepare()


async def rewrap_keys(settings: TipsSettings) -> Rewrapped:
    """Wrap every data key anew under the current key of the ring."""
    async with preparing(settings) as database:
        return await rewrap(WrappedKeyStore(database), Sealer(ring_of(settings.tips_sealing_key)))


async def _sweep(store: IntakeStore, files: EvidenceStore, clock: Clock) -> None:
    while True:
        await store.forget_prints(clock.now())
        await files.sweep(clock.now())
        await asyncio.sleep(_SWEEP_SECONDS)


def _outbox(database: Database, clock: Clock) -> Outbox[Tip]:
    return Outbox(
        database,
        COLLECTION,
        codec=StateCodec(Tip, beside=within),
        word=word,
        source=SOURCE,
        clock=clock,
        logs_history=True,
    )


def _ledger(settings: TipsSettings, database: Database, outbox: Outbox[Tip], clock: Clock) -> Ledger:
    key = SigningKey.parse(settings.tips_ledger_key.get_secret_value())
    return Ledger(
        key=key,
        store=LedgerStore(database, key.name),
        history=outbox.history,
        witness=FileWitness(settings.tips_ledger_witness_dir, key.verifier),
        secret=settings.tips_id_secret.get_secret_value().encode(),
        clock=clock,
        every=timedelta(seconds=settings.tips_ledger_seconds),
    )


def _bench(settings: TipsSettings, outbox: Outbox[Tip], store: TipStore, clock: Clock) -> Bench:
    return Bench(
        outbox=outbox,
        lookup=store,
        sealer=Sealer(ring_of(settings.tips_sealing_key)),
        secrets=Secrets(
            identifier=settings.tips_id_secret.get_secret_value().encode(),
            receipt=settings.tips_receipt_secret.get_secret_value().encode(),
        ),
        rules=rulebook.Rulebook(rules.load()),
        clock=clock,
    )
