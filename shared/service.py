"""What every composition root does alike: aggregates open and works supervised while it serves, a database
to prepare, and the command line.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from fastapi import FastAPI

from shared import logs
from shared.database_clock import DatabaseClock
from shared.mongo import Database, connect
from shared.settings import ServiceSettings, Unusable, load
from shared.web import serve, supervised
from shared.web.supervise import Work

S = TypeVar("S", bound=ServiceSettings)


class Opens(Protocol):
    """What must be open to work: an outbox, most of all."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


def database_of(settings: ServiceSettings) -> Database:
    """The service's own database; nothing is connected yet."""
    return connect(settings.mongo_url.get_secret_value(), settings.mongo_database)


@asynccontextmanager
async def running(
    name: str, database: Database, time: DatabaseClock, opened: Sequence[Opens], **works: Work
) -> AsyncIterator[None]:
    """The lifespan of service `name`: `works` run, supervised, between opening and closing `opened`; none
    begins before it is known what `time` it is."""

    def in_time(work: Work) -> Work:
        async def begin() -> None:
            await time.known()
            await work()

        return begin

    await asyncio.gather(*(one.open() for one in opened))
    timed = {part: in_time(work) for part, work in works.items()}
    try:
        async with supervised(name, clock=time.follow, **timed):
            yield
    finally:
        await asyncio.gather(*(one.close() for one in opened))
        database.client.close()


@asynccontextmanager
async def preparing(settings: ServiceSettings) -> AsyncIterator[Database]:
    """The database for making indexes, which may take as long as it takes."""
    database = connect(settings.mongo_url.get_secret_value(), settings.mongo_database, call_seconds=None)
    try:
        yield database
    finally:
        database.client.close()


def command(
    name: str,
    settings: type[S],
    create: Callable[[S], FastAPI],
    prepare: Callable[[S], Awaitable[None]],
    arguments: Sequence[str],
) -> int:
    """`python -m services.<name>` serves, with `indexes` it makes the indexes. Returns the exit status."""
    if arguments not in ([], ["indexes"]):
        print(f"usage: python -m services.{name} [indexes]", file=sys.stderr)
        return 2
    read = load(settings)
    logs.configure(name, read.log_level)
    if arguments:
        asyncio.run(_done(prepare(read)))
        return 0
    try:
        app = create(read)
    except Unusable as fault:
        print(fault, file=sys.stderr)
        return 2
    serve(app, read)
    return 0


async def _done(work: Awaitable[None]) -> None:
    await work
