"""Which events the public may see: alerts, and statistics that somebody attests. Nothing restricted, nothing
computed: a live count could tell of a single case (docs/decisions/attested-figures.md).
"""

from collections.abc import Sequence
from typing import Final

from shared.contracts.analytics import StatisticReported
from shared.contracts.notifications import AlertCancelled, AlertIssued, AlertUpdated
from shared.contracts.vocabulary import Origin
from shared.events import Event

ALERTS: Final = frozenset({AlertIssued.TYPE, AlertUpdated.TYPE, AlertCancelled.TYPE})
STATISTIC: Final = StatisticReported.TYPE
PUBLIC_TYPES: Final = ALERTS | {STATISTIC}


def is_public(event: Event) -> bool:
    """Judged by what the event says of itself; whatever is marked in any way is not."""
    if event.type not in PUBLIC_TYPES or event.data.get("restricted") is not None:
        return False
    if event.type == STATISTIC:
        attested = event.data.get("origin") == Origin.ATTESTED.value
        return attested and not event.data.get("suppressed", False)
    return True


def areas_of(event: Event) -> Sequence[str]:
    """The area of an event, and all of them where an alert has several."""
    area = event.data.get("area")
    listed = event.data.get("areas") or ()
    return tuple(dict.fromkeys(one for one in (area, *listed) if isinstance(one, str)))
