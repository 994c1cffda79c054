"""The write door: a command is one atomic write of state, history, dedupe record and events."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.clock import Clock
from shared.decision import Decision
from shared.errors import Conflict, NotFound, Refused, Unavailable, VersionMismatch
from shared.mongo import GUARD_SECONDS, Database
from shared.outbox import documents
from shared.outbox.drafts import Cause, Codec, Decide, Drafts, Loaded, Wording, already_seen
from shared.outbox.history import HistoryStore
from shared.outbox.intake import Intake
from shared.outbox.journal import Journal
from shared.outbox.mongo_store import MongoStorage
from shared.outbox.ports import AggregateStore, Change, Document, Inserted, Storage
from shared.outbox.timeline import Caps

S = TypeVar("S")
ATTEMPTS = 100


class Outbox(Generic[S]):
    """The aggregates of one collection. `source` is the CloudEvents source, `/services/<service>`.

    `word` makes the public event of what happened; `status_field` names the state field whose change is a
    transition (transitions use the history's reserved room). `logs_history`: a log outside takes every entry
    of the histories up, and finds them through `history`.
    """

    def __init__(
        self,
        database: Database | Storage,
        name: str,
        *,
        codec: Codec[S],
        word: Wording[S],
        source: str,
        clock: Clock,
        status_field: str = "status",
        caps: Caps | None = None,
        logs_history: bool = False,
    ) -> None:
        storage: Storage = MongoStorage(database) if isinstance(database, AsyncIOMotorDatabase) else database
        self.name, self.source, self.service, self.clock = name, source, source.rsplit("/", 1)[-1], clock
        self.storage = storage
        self.store: AggregateStore = storage.aggregates(name)
        self.journal = Journal(storage.journal)
        self.history: HistoryStore = storage.history(name)
        self._drafts = Drafts(codec, word, source, status_field, caps or Caps(), logs_history)
        self._intake = Intake(self.store.insert, service=self.service)
        self._listeners: list[Callable[[], None]] = []

    async def open(self) -> None:
        """Begins to take creates in."""
        await self._intake.open()

    async def close(self) -> None:
        """Stores what waits, then takes nothing more in."""
        await self._intake.close()

    async def prepare(self) -> None:
        """Makes the indexes of the aggregates, the lanes and the journal."""
        await self.store.prepare()
        await self.storage.lanes.prepare()
        await self.storage.journal.prepare()

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Has `listener` called after every local write: the wake-up of a relay, or of a worker."""
        self._listeners.append(listener)

    async def get(self, id: str) -> Loaded[S]:
        """Raises NotFound, Unavailable."""
        return self._drafts.read(await self._load(id))

    async def create(
        self, id: str, decision: Decision[S], cause: Cause, *, extra: Mapping[str, Any] | None = None
    ) -> tuple[Loaded[S], bool]:
        """Stores a new aggregate in a shared bulk insert; returns it and True.

        When `id` is taken, returns the one that is there and False: whether it is a repeat is the caller's to
        judge. Raises Unavailable (the insert may have happened: repeat with the same id), Invalid, TooLarge.
        """
        document, created = self._drafts.first(id, decision, cause, self._now(), extra or {})
        try:
            async with asyncio.timeout(GUARD_SECONDS):
                if await self._intake.add(documents.encode(document)) is Inserted.DUPLICATE:
                    return await self._winner(id), False
        except TimeoutError:
            raise Unavailable("The database does not answer just now.") from None
        self._wrote()
        return created, True

    async def update(
        self,
        id: str,
        decide: Decide[S],
        cause: Cause,
        *,
        if_version: int | None = None,
        erase_history: bool = False,
    ) -> Loaded[S]:
        """Loads, decides, and writes if nobody wrote meanwhile; otherwise again from the start. `decide` is
        pure.

        `erase_history` also drops every payload of the history, in the same write. When `cause.seen` was
        applied before, nothing happens. A refusal of `decide` on a reaction is written into the history;
        otherwise it is raised. Raises NotFound, VersionMismatch, Unavailable, Conflict `history_full`.
        """
        lost: dict[str, Loaded[S]] = {}  # attempts whose answer was lost, by their write id

        async def once(surely: bool) -> Loaded[S] | None:
            document = await self._load(id, surely=surely)
            if (done := self._already(document, cause, lost)) is not None:
                return done
            if if_version is not None and document["version"] != if_version:
                raise VersionMismatch("It was changed meanwhile.")
            change, after = self._drafts.change(
                document, decide, cause, self._now(), erase_history=erase_history
            )
            written = change is None or await self._apply(change, after, lost)
            return after if written else None

        surely = False
        try:
            async with asyncio.timeout(GUARD_SECONDS):
                for attempt in range(ATTEMPTS):
                    await asyncio.sleep(random.uniform(0, 0.01 * min(attempt, 10)))
                    try:
                        done = await once(surely)
                    except Refused:
                        # A yes is safe: it is written to a majority or not at all. A no may rest on what a
                        # primary that was frozen and deposed still believes, so it is looked at twice.
                        if surely:
                            raise
                        surely = True
                        continue
                    if done is not None:
                        return done
        except TimeoutError:
            raise Unavailable("The database does not answer just now.") from None
        raise Unavailable("Too many write to this at once.", retry_after=1)

    async def take_up(
        self, id: str, decide: Callable[[S | None, datetime], Decision[S]], cause: Cause, *, sequence: int
    ) -> bool:
        """Has an aggregate stand where its own event `sequence` left it, when the database has lost that: the
        service reads its own topic again. Nothing is told anew, and its next event has the next number.

        `decide` gets None for an aggregate that is not there. Returns False, having changed nothing, for one
        that stands there or further on: so it is with every event read for the first time. Raises
        Unavailable.
        """
        try:
            async with asyncio.timeout(GUARD_SECONDS):
                for attempt in range(ATTEMPTS):
                    await asyncio.sleep(random.uniform(0, 0.01 * min(attempt, 10)))
                    document = await self.store.load(id)
                    if document is not None and document["sequence"] >= sequence:
                        return False
                    if await self._taken_up(id, document, decide, cause, sequence):
                        return True
        except TimeoutError:
            raise Unavailable("The database does not answer just now.") from None
        raise Unavailable("Too many write to this at once.", retry_after=1)

    async def _taken_up(
        self,
        id: str,
        document: Document | None,
        decide: Callable[[S | None, datetime], Decision[S]],
        cause: Cause,
        sequence: int,
    ) -> bool:
        now = self._now()
        if document is None:
            first, _ = self._drafts.first(id, decide(None, now), cause, now, {})
            encoded = documents.encode({**first, "sequence": sequence})
            return await self._intake.add(encoded) is Inserted.NEW
        change, _ = self._drafts.change(document, decide, cause, now, erase_history=False)
        return change is not None and await self.store.apply(replace(change, sequence=sequence))

    async def _load(self, id: str, *, surely: bool = False) -> Document:
        document = None if surely else await self.store.load(id)
        if document is None:
            document = await self.store.load_surely(id)
        if document is None:
            raise NotFound("There is no such thing.")
        return document

    def _already(self, document: Document, cause: Cause, lost: Mapping[str, Loaded[S]]) -> Loaded[S] | None:
        """The outcome, if an attempt of ours went through after all or the cause was seen before."""
        for write in document.get("writes", ()):
            if write in lost:
                self._wrote()
                return lost[write]
        if cause.seen is not None and already_seen(document, cause.seen):
            return self._drafts.read(document)
        return None

    async def _apply(self, change: Change, after: Loaded[S], lost: dict[str, Loaded[S]]) -> bool:
        try:
            written = await self.store.apply(change)
        except Unavailable:
            # The answer is lost, not necessarily the write: the next load tells by the write id.
            lost[change.write] = after
            return False
        if written:
            self._wrote()
        return written

    async def _winner(self, id: str) -> Loaded[S]:
        for _ in range(ATTEMPTS):
            document = await self.store.load(id)
            if document is not None:
                return self._drafts.read(document)
            # The winner's write is not yet on a majority.
            await asyncio.sleep(0.02)
        raise Conflict("It could not be stored.")

    def _now(self) -> datetime:
        """Whole milliseconds, as BSON keeps them: what is returned equals what will be read."""
        now = self.clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _wrote(self) -> None:
        for listener in self._listeners:
            listener()
