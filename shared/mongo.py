"""The one place that makes MongoDB clients, and the one place that says which driver errors mean "away".

Writes are acknowledged by a majority and journaled, reads are by majority: what was read or acknowledged
cannot roll back. Every call ends within `CALL_SECONDS`, so that a request is answered 503 within five seconds
of an outage.
"""

import asyncio
from types import TracebackType
from typing import Any, TypeAlias

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError, ConnectionFailure, InvalidOperation, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.errors import Unavailable

Document: TypeAlias = dict[str, Any]
Database: TypeAlias = AsyncIOMotorDatabase[Document]
Collection: TypeAlias = AsyncIOMotorCollection[Document]

SELECTION_SECONDS = 2.0
# How often each member is to say that it lives. One that is silent for this and `SELECTION_SECONDS` more is
# given up, and what is on its way to it is cut off and repeated at its successor: 3 s after a primary froze.
# At the driver's default of 10 s each writer waited there until its call timed out.
HEARTBEAT_SECONDS = 1.0
CALL_SECONDS = 4.0
GUARD_SECONDS = 4.5

# https://www.mongodb.com/docs/manual/reference/error-codes/: the member is away, stepping down, shutting
# down, starting, or could not reach a majority in time. The command may or may not have taken effect.
_AWAY = frozenset(
    {6, 7, 50, 64, 79, 89, 91, 100, 112, 133, 134, 175, 189, 202, 262, 317, 358}
    | {9001, 10058, 10107, 11600, 11602, 13435, 13436}
)


def connect(url: str, database: str, *, call_seconds: float | None = CALL_SECONDS) -> Database:
    """A database handle. Nothing is sent before the first call; `DatabaseClock.ask` tells whether it answers.

    `call_seconds` bounds every call, its retry included; None for long administrative work (building
    indexes).
    """
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        url,
        tz_aware=True,
        serverSelectionTimeoutMS=int(SELECTION_SECONDS * 1000),
        connectTimeoutMS=int(SELECTION_SECONDS * 1000),
        heartbeatFrequencyMS=int(HEARTBEAT_SECONDS * 1000),
        timeoutMS=None if call_seconds is None else int(call_seconds * 1000),
        maxPoolSize=64,
        appname="liengia",
    )
    return client.get_database(
        database,
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern(w="majority", j=True),
        read_preference=pymongo.ReadPreference.PRIMARY,
    )


class guard:
    """Turns outages of the driver into Unavailable. `async with guard()` also bounds the whole block in
    seconds; `with guard()` only translates. Refusals by the database that are nobody's outage pass through.
    """

    def __init__(self, seconds: float = GUARD_SECONDS) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, PyMongoError | TimeoutError) and is_outage(error):
            raise Unavailable("The database does not answer just now.") from error

    async def __aenter__(self) -> None:
        self._timeout = asyncio.timeout(self._seconds)
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            self.__exit__(TimeoutError, late, late.__traceback__)
        self.__exit__(kind, error, trace)


def is_outage(error: PyMongoError | TimeoutError) -> bool:
    """Whether an error means "away, and what was sent may or may not have happened"."""
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        return bool(details.get("writeConcernErrors")) or any(
            fault.get("code") in _AWAY for fault in details.get("writeErrors", ())
        )
    if isinstance(error, OperationFailure):
        return error.code in _AWAY or error.has_error_label("RetryableWriteError") or error.timeout
    # InvalidOperation: the client was closed under a call that was on its way, as at shutdown.
    return (
        error.timeout
        if isinstance(error, PyMongoError) and not isinstance(error, ConnectionFailure | InvalidOperation)
        else True
    )
