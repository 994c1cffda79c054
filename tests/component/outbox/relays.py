"""Running a relay in a test, giving it work, and seeing what became of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from shared.clock import SystemClock
from shared.outbox import Cause, Outbox, Relay, Storage, Timing
from shared.outbox.ports import LANES, EventLog
from tests.component.outbox.probe import Counter, begin, counters, step
from tests.component.outbox.world import World, by_subject
from tests.support.waiting import eventually

REPORTER = Cause("reporter")
QUICK = Timing(lease=2.0, renew=0.25, wave=1.2, margin=0.2, again=0.2, poll=0.05, clocks=0.05, cluster=0.2)
# For a relay that is to lose its lease: others wait that long before they take over.
BRIEF = replace(QUICK, lease=0.8, renew=0.1, wave=0.4, margin=0.1)


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(relay.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


def relay_of(
    outbox: Outbox[Counter], log: EventLog, name: str = "r", timing: Timing = QUICK, **options: Any
) -> Relay:
    return Relay([outbox], log, name, timing=timing, **options)


async def write(outbox: Outbox[Counter], ids: Sequence[str], updates: int) -> dict[str, list[int]]:
    """Creates the aggregates and moves each; returns the sequences to expect on the log."""
    await asyncio.gather(*(outbox.create(id, begin(), REPORTER) for id in ids))
    for _ in range(updates):
        await asyncio.gather(*(outbox.update(id, step, REPORTER) for id in ids))
    return {id: list(range(1, updates + 2)) for id in ids}


async def pending_events(storage: Storage) -> int:
    return (await storage.aggregates("counters").backlog(range(LANES))).events


async def all_sent(world: World, storage: Storage) -> dict[str, list[int]]:
    async def none_left() -> bool:
        return await pending_events(storage) == 0

    await eventually(none_left, within=20)
    return by_subject(await world.records())


async def journaled(outbox: Outbox[Counter]) -> dict[str, list[int]]:
    entries, cursor = await outbox.journal.read(None, 50)
    events = [entry.event for entry in entries]
    while entries:
        entries, cursor = await outbox.journal.read(cursor, 50)
        events += [entry.event for entry in entries]
    return by_subject(events)


async def opened(storage: Storage) -> Outbox[Counter]:
    outbox = counters(storage, SystemClock())
    await outbox.open()
    return outbox
