"""Taking in an attested statistic, once, and which of them a list is to hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from services.analytics.domain.periods import Period
from services.analytics.domain.statistics import Statistic, range_in_words, report
from shared.contracts.vocabulary import Qualifier
from shared.identifiers import Origin, derived_id, fingerprint, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded, Outbox

_PUBLIC = b"statistics are public: this key only names the use"


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
    origin: Origin,
    body: Mapping[str, Any],
    traceparent: str | None,
) -> Loaded[Statistic]:
    """Stores a statement as an aggregate of its own. The same `origin` again finds what it made, with
    another `body` it is refused.

    Bounds of an order of magnitude are read from the quote when none are given ("hàng trăm" is 100 to 999).
    Raises Invalid, Conflict `idempotency_mismatch`, Unavailable.
    """
    if statistic.qualifier is Qualifier.ORDER_OF_MAGNITUDE and statistic.low is None:
        low, high = range_in_words(statistic.quote) or (None, None)
        statistic = replace(statistic, low=low, high=high)
    printed = fingerprint(_PUBLIC, body)
    loaded, created = await outbox.create(
        derived_id("stat", _PUBLIC, seed_of(origin)),
        report(statistic),
        Cause(origin.principal, traceparent),
        extra={"fingerprint": printed},
    )
    if not created:
        refuse_another_body(loaded.extra.get("fingerprint"), printed)
    return loaded
