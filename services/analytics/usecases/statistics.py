"""Taking in an attested statistic, once."""

import secrets
from dataclasses import replace

from services.analytics.domain.statistics import Statistic, identifier, range_in_words, report
from shared.contracts.vocabulary import Qualifier
from shared.errors import Conflict
from shared.outbox import Cause, Loaded, Outbox


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
