"""The work beside the doors: every replica watches that the log only grows, one of them appends to it."""

import asyncio
import logging
from collections.abc import Callable

from services.tips.ledger.usecases import appending
from services.tips.ledger.usecases.bench import Ledger
from shared import metrics
from shared.errors import Conflict, Unavailable

_SERVICE = "tips"
_LOOK_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Worker:
    """`leads` tells whether this replica is the one to append."""

    def __init__(self, ledger: Ledger, leads: Callable[[], bool]) -> None:
        self._ledger, self._leads = ledger, leads
        self._size = 0
        self._refuses = False
        self._oldest = 0.0

    async def run(self) -> None:
        metrics.LEDGER_DELAY.labels(_SERVICE)  # shown from the beginning, with nothing in it
        metrics.LEDGER_PROMISED.labels(_SERVICE).set(self._ledger.promised.total_seconds())
        while True:
            try:
                await self._look()
            except Unavailable as away:
                _log.info("the ledger waits", extra={"kind": away.code})
            await asyncio.sleep(_LOOK_SECONDS)

    def status(self) -> dict[str, object]:
        """For the body of the readiness answer; it never decides it."""
        return {
            "leaves": self._size,
            "oldest_waiting_seconds": self._oldest,
            "refuses_to_sign": self._refuses,
        }

    async def _look(self) -> None:
        leads = self._leads()
        try:
            head = await (appending.append if leads else appending.examine)(self._ledger)
            self._tell(refuses=False)
            self._size = 0 if head is None else head.size
        except Conflict as refused:
            if not self._refuses:
                _log.error("the ledger signs nothing more", extra={"kind": refused.code})
            self._tell(refuses=True)
        metrics.LEDGER_LEAVES.labels(_SERVICE).set(self._size)
        await self._measure(leads)

    def _tell(self, *, refuses: bool) -> None:
        self._refuses = refuses
        metrics.LEDGER_REFUSES.labels(_SERVICE).set(refuses)

    async def _measure(self, leads: bool) -> None:
        since = await self._ledger.history.oldest() if leads else None
        now = self._ledger.clock.now()
        self._oldest = 0.0 if since is None else max(0.0, (now - since).total_seconds())
        metrics.LEDGER_OLDEST.labels(_SERVICE).set(self._oldest)
