"""How long the oldest record that is not handled yet has waited, as far as a consumer can know it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.clock import Clock
from shared.consume.record import Record


class OldestUnhandled:
    """Of a batch in hand the time of each record is known. Of what lies behind it only that it came after the
    last record handled, and after the last look that found nothing waiting: the later of the two counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._in_hand: datetime | None = None
        self._handled: dict[tuple[str, int], datetime] = {}
        self._waiting: dict[tuple[str, int], datetime] = {}

    def take(self, records: Sequence[Record]) -> None:
        """A batch comes in hand, perhaps again."""
        self._in_hand = min((record.at for record in records), default=None)

    def handled(self, records: Sequence[Record]) -> None:
        self._in_hand = None
        for record in records:
            self._handled[record.topic, record.partition] = record.at

    def seconds(self, lag: Mapping[Any, int]) -> float:
        """`lag`: records behind the batch in hand, by partition (`topic`, `partition`)."""
        now = self._clock.now()
        self._waiting = {
            (one.topic, one.partition): self._waiting.get((one.topic, one.partition), now)
            for one, behind in lag.items()
            if behind
        }
        since = [max(found, self._handled.get(place, found)) for place, found in self._waiting.items()]
        since += [] if self._in_hand is None else [self._in_hand]
        return max(0.0, (now - min(since, default=now)).total_seconds())
