"""The relay: from pending to Kafka, in order per aggregate, with several replicas.

Each wave: find pending of our lanes, produce, journal, trim. A crash between any two steps repeats, never
loses: an event leaves `pending` only after Kafka has acknowledged it and the journal holds it.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared import metrics
from shared.clock import Clock, SystemClock
from shared.errors import Unavailable
from shared.outbox.aggregate import Outbox
from shared.outbox.clocks import DueClocks
from shared.outbox.lease import Leases
from shared.outbox.ports import Backlog, EventLog, Tick, Timing
from shared.outbox.publisher import KafkaLog
from shared.outbox.republish import republish
from shared.outbox.waves import Waves

log = logging.getLogger(__name__)

FIRST_LANE = 0
_LAG_SECONDS = 2.0
_GOODBYE_SECONDS = 5.0


class Relay:
    """One per process. `bootstrap`: comma-separated host:port, or another event log; `replica`: its name in
    logs; `tick`: outbox name to the use case that fires an aggregate's due clocks. All outboxes are of one
    service. `monotonic`: seconds of a clock that never goes back, by which leases are judged."""

    def __init__(
        self,
        outboxes: Sequence[Outbox[Any]],
        bootstrap: str | EventLog,
        replica: str,
        tick: Mapping[str, Tick] | None = None,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        storage, self._service = outboxes[0].storage, outboxes[0].service
        self._timing = timing or Timing()
        self._clock = clock or SystemClock()
        client_id = f"{self._service}-relay-{replica}"
        self._log = KafkaLog(bootstrap, client_id=client_id) if isinstance(bootstrap, str) else bootstrap
        self._outboxes, self._storage = outboxes, storage
        owner = f"{replica}:{secrets.token_hex(6)}"
        self._leases = Leases(storage.lanes, storage.journal, owner, self._timing, monotonic)
        self._waves = Waves(
            outboxes, self._log, storage.journal, self._leases, self._timing, self._clock, monotonic
        )
        self._due = DueClocks(outboxes, tick or {}, self._leases)
        self._wake = asyncio.Event()
        for outbox in outboxes:
            outbox.on_commit(self._wake.set)
        self._cluster: str | None = None
        self._looked = float("-inf")
        self._backlog = Backlog(0, None)
        self._broker = "unknown"
        self._prepared = False

    async def run(self) -> None:
        """Runs until cancelled, whatever goes away and comes back. Then gives its lanes to the others at
        once."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forever("leases", self._keep_leases, self._timing.renew))
                group.create_task(self._forever("waves", self._pump, 0.0))
                group.create_task(self._forever("clocks", self._due.run_due, self._timing.clocks))
                group.create_task(self._forever("lag", self._measure, _LAG_SECONDS))
        finally:
            await self._leave()

    def leads(self) -> bool:
        """Whether this replica owns the first lane: it does what one replica is to do for all. Another may
        believe the same for a moment (a thawed owner), so whatever it does must bear that."""
        return FIRST_LANE in self._leases.ready()

    def status(self) -> dict[str, object]:
        """For the body of the readiness answer; it never decides it."""
        return {
            "broker": self._broker,
            "lanes": len(self._leases),
            "pending_events": self._backlog.events,
            "oldest_pending_seconds": self._age(self._backlog.oldest),
            "set_aside": len(self._waves.aside),
        }

    async def _pump(self) -> None:
        self._wake.clear()
        lanes = self._leases.ready()
        worked = False
        if lanes:
            await self._waves.finish_trimming()
            await self._leases.settle_doubts()
            work = await self._waves.find(lanes.keys())
            if work or asyncio.get_running_loop().time() - self._looked > self._timing.cluster:
                await self._look_at_the_cluster()
            if work:
                worked = await self._waves.send(work, self._cluster)
        if not worked:
            await self._rest()

    async def _look_at_the_cluster(self) -> None:
        """Compares the cluster id; on another cluster every lane first gets its journal again."""
        try:
            cluster = await self._log.cluster()
        except Unavailable:
            self._broker = "away"
            raise
        self._broker, self._looked = "up", asyncio.get_running_loop().time()
        if self._cluster not in (None, cluster):
            log.warning("the Kafka cluster is another one; the journal goes out again")
            await self._log.abort()
        self._cluster = cluster
        for held in list(self._leases.ready().values()):
            if held.cluster is not None and held.cluster != cluster:
                with self._leases.working([held.lane]):
                    repeats = await republish(held.lane, self._storage.journal, self._log, self._leases)
                metrics.RELAY_REPEATS.labels(self._service).inc(repeats)
            if held.cluster != cluster:
                await self._leases.saw_cluster(held, cluster)

    async def _keep_leases(self) -> None:
        if not self._prepared:
            await self._storage.lanes.prepare()
            self._prepared = True
        await self._leases.beat()
        metrics.LANES_OWNED.labels(self._service).set(len(self._leases))

    async def _measure(self) -> None:
        lanes = self._leases.held().keys()
        parts = [await outbox.store.backlog(lanes) for outbox in self._outboxes]
        oldest = min((part.oldest for part in parts if part.oldest is not None), default=None)
        self._backlog = Backlog(sum(part.events for part in parts), oldest)
        metrics.RELAY_PENDING.labels(self._service).set(self._backlog.events)
        metrics.RELAY_OLDEST_PENDING.labels(self._service).set(self._age(oldest))
        metrics.RELAY_SET_ASIDE.labels(self._service).set(len(self._waves.aside))

    def _age(self, oldest: datetime | None) -> float:
        return 0.0 if oldest is None else max(0.0, (self._clock.now() - oldest).total_seconds())

    async def _rest(self) -> None:
        """Until a local write, or the poll that finds what other replicas wrote."""
        try:
            async with asyncio.timeout(self._timing.poll):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _forever(self, name: str, step: Callable[[], Awaitable[None]], pause: float) -> None:
        failures = 0
        while True:
            try:
                await step()
                failures = 0
            except Unavailable as away:
                failures += 1
                log.info("the relay waits", extra={"part": name, "kind": away.code})
            except Exception as error:  # noqa: BLE001 - the relay's boundary: it goes on whatever comes
                failures += 1
                log.error("the relay failed and goes on", extra={"part": name, "kind": type(error).__name__})
            backoff = min(2.0, 0.05 * 2 ** min(failures, 6)) * random.uniform(0.5, 1.0) if failures else 0.0
            await asyncio.sleep(max(pause, backoff))

    async def _leave(self) -> None:
        await self._log.abort()
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._leases.release_all()
        except (Unavailable, TimeoutError):
            log.info("the leases could not be given back; they end by themselves")
