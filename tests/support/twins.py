"""Twin worlds: one history lived twice, differing only in what a reader may not know. Whatever that reader is
answered must be the same to the letter, lengths, tags and cursors included.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from shared.mongo import Database, connect
from tests.support.stack import FreshDatabase

# Each example lives two lives on a real database: few and short ones, and the same in every run.
LIVES: Final = hypothesis_settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # to shrink takes many lives
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What differs from call to call for reasons of its own.
_OF_THE_CALL: Final = frozenset({"x-correlation-id", "traceparent", "date"})


class SteppedClock:
    """Stands still between steps, so that two lives have the same times."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def step(self) -> None:
        self._now += timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Secret:
    """What a world says where the reader may not look, and whether it does what the other leaves undone."""

    words: str
    more: bool


WORLDS: Final = (Secret("Ngắn.", more=False), Secret("Một lời kể dài hơn nhiều, có cả dấu.", more=True))


def key(number: int) -> dict[str, str]:
    """The same Idempotency-Key for the same step of both lives."""
    return {"Idempotency-Key": str(UUID(int=(0xA11CE << 100) + number, version=4))}


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


async def read(
    http: httpx.AsyncClient, headers: Mapping[str, str], paths: Sequence[str]
) -> list[tuple[str, int, dict[str, str], bytes]]:
    """What the reader is answered at each path; a page's `next_cursor` is followed to the end."""
    heard = []
    for path in paths:
        asked: str | None = path
        while asked is not None:
            answer = await http.get(asked, headers=dict(headers))
            told = {name: value for name, value in answer.headers.items() if name not in _OF_THE_CALL}
            heard.append((asked, answer.status_code, told, answer.content))
            cursor = _next(answer)
            asked = None if cursor is None else f"{path}{'&' if '?' in path else '?'}cursor={cursor}"
    return heard


def _next(answer: httpx.Response) -> str | None:
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return None
    body: Any = answer.json()
    cursor = body.get("next_cursor") if isinstance(body, dict) else None
    return None if cursor is None else str(cursor)


async def pending_events(kept: FreshDatabase, collection: str) -> list[Any]:
    """What waits to leave on Kafka and is not restricted, by aggregate."""
    found = []
    async with _opened(kept) as database:
        async for document in database[collection].find({}, {"pending": 1}).sort("_id", 1):
            pending = [one for one in document["pending"] if not one["data"].get("restricted")]
            # The trace is of the call, whatever it said.
            found += [{**one, "id": document["_id"], "traceparent": None} for one in pending]
    return found


async def both(live: Callable[[Secret], Awaitable[Any]], kept: FreshDatabase) -> tuple[Any, Any]:
    """What the reader learnt in each life; the database is emptied before each."""
    learnt = []
    for secret in WORLDS:
        async with _opened(kept) as database:
            for name in await database.list_collection_names():
                await database[name].delete_many({})
        learnt.append(await live(secret))
    return learnt[0], learnt[1]


@asynccontextmanager
async def _opened(kept: FreshDatabase) -> AsyncIterator[Database]:
    database = connect(kept.url, kept.name)
    try:
        yield database
    finally:
        database.client.close()
