"""The composition root of mediation: everything is made and joined here."""

from fastapi import FastAPI

from services.mediation import consumers
from services.mediation.api import board, cases, handling, party, teams
from services.mediation.config import MediationSettings
from services.mediation.domain.state import Case
from services.mediation.domain.team import Team
from services.mediation.outgoing import SOURCE, word, word_team
from services.mediation.pages.texts import TEXTS
from services.mediation.rulebook import Rulebook
from services.mediation.store import CASES, TEAMS, MongoLookup
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.ticking import tick
from shared import rules
from shared.clock import Clock, SystemClock
from shared.database_clock import DatabaseClock
from shared.key_encryption import ring_of
from shared.mongo import Database
from shared.outbox import Outbox, Relay, StateCodec
from shared.sealing import Sealer
from shared.service import database_of, preparing, running
from shared.web import create_app, events_routes
from shared.web.pages import Pages

NAME = "mediation"


def create(settings: MediationSettings, *, clock: Clock | None = None) -> FastAPI:
    """The application; nothing is connected before its lifespan begins."""
    database = database_of(settings)
    time = DatabaseClock(database)
    clock = clock or time
    bench, pages = _bench(settings, database, clock), Pages("services.mediation.pages", TEXTS)
    bootstrap = settings.kafka_bootstrap_servers
    relay = Relay(
        [bench.cases, bench.teams],
        bootstrap,
        settings.replica_id,
        {CASES: lambda case_id: tick(bench, case_id)},
        clock=clock,
    )
    consumer = consumers.consumer(database, bench, bootstrap=bootstrap, clock=clock)

    return create_app(
        name=NAME,
        settings=settings,
        parts=[
            cases.routes(bench),
            handling.routes(bench),
            teams.routes(bench),
            party.routes(bench),
            board.routes(bench, pages),
            pages.routes(),
            events_routes(bench.cases.journal, {}),
        ],
        time=time,
        status={"relay": relay.status, "consumer": consumer.status},
        lifespan=lambda: running(
            NAME, database, time, [bench.cases, bench.teams], relay=relay.run, consumer=consumer.run
        ),
        clock=clock,
        description="Grassroots mediation: teams, cases, sessions, agreements and whether they hold.",
    )


async def prepare(settings: MediationSettings) -> None:
    """Create every index. Repeating it changes nothing."""
    async with preparing(settings) as database:
        bench = _bench(settings, database, SystemClock())
        await bench.cases.prepare()
        await bench.teams.prepare()
        await MongoLookup(database).prepare()


def _bench(settings: MediationSettings, database: Database, clock: Clock) -> Bench:
    return Bench(
        cases=Outbox(database, CASES, codec=StateCodec(Case), word=word, source=SOURCE, clock=clock),
        teams=Outbox(database, TEAMS, codec=StateCodec(Team), word=word_team, source=SOURCE, clock=clock),
        lookup=MongoLookup(database),
        sealer=Sealer(ring_of(settings.mediation_sealing_key)),
        secret=settings.mediation_id_secret.get_secret_value().encode(),
        rules=Rulebook(rules.load()),
        clock=clock,
    )
