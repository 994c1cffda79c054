"""Erasing what a reporter asked to have erased, and saying what was erased and what still waits."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.tips.erasure import domain
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.access import INSPECTORATE, SUPERVISE, Command, carry_out
from services.tips.tip.usecases.bench import Bench
from shared.auth import EVERYWHERE, Principal
from shared.contracts.vocabulary import ErasureReason, TipOutcome
from shared.outbox import Loaded

OPERATE = "operate"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to before `until` (UTC); only `within` these areas (None is everywhere)."""

    since: datetime
    until: datetime
    within: tuple[str, ...] | None
    restricted_too: bool


@dataclass(frozen=True, slots=True)
class Erased:
    outcome: TipOutcome | None
    reason: ErasureReason
    count: int


@dataclass(frozen=True, slots=True)
class Retention:
    """What was erased in a period, counted from the tips themselves; and, now: what is due and not yet
    done, what reporters asked for, how much of that is late."""

    erased: Sequence[Erased]
    identities_erased: int
    due: int
    asked: int
    asked_late: int


class RetentionLookup(Protocol):
    async def retention(self, period: Period, now: datetime) -> Retention:
        """Raises Unavailable."""
        ...


async def erase(bench: Bench, command: Command, *, in_writing: bool) -> Loaded[Tip]:
    """A supervisor grants a request for erasure. Raises what `domain.erase_as_asked` refuses."""
    erased = await carry_out(
        bench,
        command,
        lambda tip, now: domain.erase_as_asked(tip, in_writing=in_writing, now=now),
        scope=SUPERVISE,
        erase_history=True,
    )
    tell(erased.state)
    return erased


def tell(tip: Tip) -> None:
    """Say in the log that a tip was erased, and nothing of which."""
    log.info("a tip was erased: reason %s, outcome %s", tip.erased_because, tip.outcome)


async def retention(
    bench: Bench, lookup: RetentionLookup, caller: Principal, *, since: datetime, until: datetime
) -> Retention:
    """What retention did in a period, in the caller's areas. Raises Forbidden, Unavailable."""
    caller.require(OPERATE)
    within = None if EVERYWHERE in caller.areas else caller.areas
    period = Period(since, until, within, restricted_too=caller.has(INSPECTORATE))
    return await lookup.retention(period, bench.now())
