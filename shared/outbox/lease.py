"""Which lanes this replica works on: a fair share of sixteen, each under a lease that ends by itself.

The database's clock decides who owns a lane; this process's monotonic clock, read before the lease was asked
for, decides when to stop believing it. The latter always ends first.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from shared.outbox.ports import LANES, JournalStore, LaneStore, Timing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Held:
    """A lane of ours. `n`: the last journal number used; `cluster`: as in `ports.Lane`; `until`: monotonic
    seconds; `doubtful`: a journal write was lost or refused, so `n` must be read again."""

    lane: int
    n: int
    cluster: str | None
    until: float
    leaving: bool = False
    doubtful: bool = False


class Leases:
    """`owner` is unique per process: a restarted replica does not inherit its own leases."""

    def __init__(
        self,
        lanes: LaneStore,
        journal: JournalStore,
        owner: str,
        timing: Timing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lanes, self._journal, self._owner, self._timing = lanes, journal, owner, timing
        self._monotonic = monotonic
        self._held: dict[int, Held] = {}
        self._busy: set[int] = set()

    def __len__(self) -> int:
        return len(self.held())

    def held(self) -> Mapping[int, Held]:
        """The lanes whose lease has not ended."""
        now = self._monotonic()
        return {lane: held for lane, held in self._held.items() if held.until > now}

    def ready(self) -> Mapping[int, Held]:
        """The lanes whose lease lasts for a wave."""
        needed = self._monotonic() + min(self._timing.wave, self._timing.least) + self._timing.margin
        return {lane: held for lane, held in self._held.items() if held.until >= needed and not held.leaving}

    def seconds(self, lanes: Collection[int]) -> float:
        """How long a wave over these lanes may take: it ends before the first of their leases does."""
        ends = [held.until for lane, held in self._held.items() if lane in lanes]
        left = min(ends, default=0.0) - self._timing.margin - self._monotonic()
        return max(0.0, min(self._timing.wave, left))

    @contextmanager
    def working(self, lanes: Collection[int]) -> Iterator[None]:
        """While the block runs none of `lanes` is handed over politely."""
        self._busy |= set(lanes)
        try:
            yield
        finally:
            self._busy -= set(lanes)

    async def beat(self) -> None:
        """Renews what we hold, gives up what is beyond our share, takes what is free. Raises Unavailable."""
        await self._renew()
        live = await self._lanes.announce(self._owner, self._timing.lease)
        share = -(-LANES // live)
        await self._give_up(len(self._held) - share)
        if len(self._held) < share:
            await self._take(share - len(self._held))

    async def still_ours(self, held: Held) -> bool:
        """Asks the database about one lane, as after a journal number was found taken; renews it if it is
        ours."""
        began = self._monotonic()
        if held.lane in await self._lanes.renew(self._owner, {held.lane: held.n}, self._timing.lease):
            held.until, held.doubtful = began + self._timing.lease, True
            return True
        self._held.pop(held.lane, None)
        return False

    async def settle_doubts(self) -> None:
        """Reads the last journal number again where a write left it unsure."""
        for held in self.ready().values():
            if held.doubtful:
                held.n = max(held.n, await self._journal.last(held.lane))
                held.doubtful = False

    async def saw_cluster(self, held: Held, cluster: str) -> None:
        await self._lanes.saw_cluster(self._owner, held.lane, cluster)
        held.cluster = cluster

    async def release_all(self) -> None:
        held, self._held = self._held, {}
        await self._lanes.release(self._owner, {lane: one.n for lane, one in held.items()})
        await self._lanes.depart(self._owner)

    async def _renew(self) -> None:
        began = self._monotonic()
        self._held = dict(self.held())
        numbers = {lane: held.n for lane, held in self._held.items()}
        kept = await self._lanes.renew(self._owner, numbers, self._timing.lease)
        for lane in numbers:
            if lane in kept and lane in self._held:
                self._held[lane].until = began + self._timing.lease
            elif self._held.pop(lane, None) is not None:
                log.warning("a lane was lost to another replica", extra={"lane": lane})

    async def _give_up(self, surplus: int) -> None:
        for lane in sorted(self._held, reverse=True)[: max(0, surplus)]:
            self._held[lane].leaving = True
        for lane in [lane for lane, held in self._held.items() if held.leaving and lane not in self._busy]:
            held = self._held.pop(lane)
            await self._lanes.release(self._owner, {lane: held.n})

    async def _take(self, count: int) -> None:
        began = self._monotonic()
        for lane in await self._lanes.take(self._owner, self._timing.lease, count):
            n = max(lane.n, await self._journal.last(lane.number))
            self._held[lane.number] = Held(lane.number, n, lane.cluster, began + self._timing.lease)
