"""Taking in an attested statistic, once, and which of them a list is to hold."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from services.analytics.domain.periods import Period
from services.analytics.domain.statistics import Statistic, identifier, range_in_words, report
from shared.contracts.vocabulary import Qualifier
from shared.errors import Conflict
from shared.outbox import Cause, Loaded, Outbox


@dataclass(frozen=True, slots=True)
class Listed:
    id: str
    version: int
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; `area` takes in everything below it, `period` everything that overlaps it."""

    area: str | None = None
    indicator: str | None = None
    period: Period | None = None


class Statements(Protocol):
    async def read(self, wanted: Wanted, after: tuple[str, str, str] | None, limit: int) -> Sequence[Listed]:
        """By area, indicator and id; `after` is the (area, indicator, id) of the last one seen."""


async def report_statistic(
    outbox: Outbox[Statistic],
    statistic: Statistic,
    *,
    principal: str,
    key: str | None,
    fingerprint: str,
    traceparent: str | None,
) -> Loaded[Statistic]:
    """Stores a statement as an aggregate of its own. The same key of the same `principal` (its kind and id)
    again finds what it made.

    Bounds of an order of magnitude are read from the quote when none are given ("hàng trăm" is 100 to 999).
    Raises Invalid, Conflict `idempotency_mismatch`, Unavailable.
    """
    if statistic.qualifier is Qualifier.ORDER_OF_MAGNITUDE and statistic.low is None:
        low, high = range_in_words(statistic.quote) or (None, None)
        statistic = replace(statistic, low=low, high=high)
    seed = f"{principal}\0{key}" if key is not None else secrets.token_hex(32)
    loaded, created = await outbox.create(
        identifier(seed),
        report(statistic),
        Cause(actor=principal, traceparent=traceparent),
        extra={"fingerprint": fingerprint},
    )
    if not created and loaded.extra.get("fingerprint") != fingerprint:
        raise Conflict("This Idempotency-Key was used for another body.", code="idempotency_mismatch")
    return loaded
