"""Due clocks: the owner of a lane finds the aggregates whose `next_due` has come and runs their tick.

A tick is an ordinary `Outbox.update`: compare-and-set lets each mark fire once, however many owners believe
in it.
"""

import logging
import time
from collections.abc import Mapping, Sequence

from shared import metrics
from shared.outbox.aggregate import Outbox
from shared.outbox.lease import Leases
from shared.outbox.ports import Tick

log = logging.getLogger(__name__)

BATCH = 100
REST_SECONDS = 1.0  # a tick that leaves its aggregate due must not spin
FAILED_SECONDS = 30.0


class DueClocks:
    """`ticks`: outbox name to the use case that fires what is due in one aggregate."""

    def __init__(self, outboxes: Sequence[Outbox[object]], ticks: Mapping[str, Tick], leases: Leases) -> None:
        self._outboxes = [outbox for outbox in outboxes if outbox.name in ticks]
        self._ticks = ticks
        self._leases = leases
        self._resting: dict[str, float] = {}

    async def run_due(self) -> None:
        """Ticks what is due now. A failing tick rests and does not hold up the others. Raises Unavailable."""
        now = time.monotonic()
        self._resting = {id: until for id, until in self._resting.items() if until > now}
        lanes = self._leases.ready()
        for outbox in self._outboxes if lanes else ():
            due = await outbox.store.due(
                lanes.keys(), outbox.clock.now(), limit=BATCH, without=self._resting.keys()
            )
            for id in due:
                await self._tick(outbox, id)

    async def _tick(self, outbox: Outbox[object], id: str) -> None:
        result, rest = "fired", REST_SECONDS
        try:
            await self._ticks[outbox.name](id)
        except Exception as error:  # noqa: BLE001 - the relay's boundary: one aggregate never stops the clocks
            log.warning("a clock could not be run", extra={"kind": type(error).__name__})
            result, rest = "failed", FAILED_SECONDS
        metrics.CLOCK_TICKS.labels(outbox.service, result).inc()
        self._resting[id] = time.monotonic() + rest
