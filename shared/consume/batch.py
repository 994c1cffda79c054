"""What happens to a batch, and how each failure is treated. Nothing here knows FastStream or offsets.

    read every record by itself ── bad headers, no value, not JSON, schema, unknown major ──► given up
        │                       └─ a type that is none of ours ──► skipped, counted
    facts, projections: one bulk write each ── cannot be stored ──► given up (order does not matter to them)
    reactions, in order per key ── NotYet, or failing ──► parked with their followers
        │
    given up: `<group>.dlt` (or the topic's `rejects` hook), acknowledged
        │
    return: the caller commits

Whatever is away on this road raises Unavailable and the whole batch comes again; every step is repeatable.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from shared.clock import Clock
from shared.consume.dead_letters import DeadLetters
from shared.consume.effects import BulkEffects
from shared.consume.reactions import Reactions
from shared.consume.reading import Reader
from shared.consume.record import SKIPPED, Record, Rejected, RejectHook
from shared.consume.sequences import Sequences
from shared.contracts.topics import TOPICS, retry_topic
from shared.errors import Poison, Unavailable
from shared.events import Event
from shared.metrics import CONSUMER_EVENTS, CONSUMER_GAPS, DEAD_LETTERS

log = logging.getLogger(__name__)

_COMPACTED = frozenset(topic.name for topic in TOPICS if topic.cleanup == "compact")


class TooMuchPoison(Unavailable):
    """More dead letters in a minute than a healthy consumer has: a bad deploy, ours or a producer's."""

    code = "poison_limit"


class Batches:
    """Handles the batches of one consumer group."""

    def __init__(
        self,
        *,
        group: str,
        reader: Reader,
        bulk: BulkEffects,
        reactions: Reactions,
        dead_letters: DeadLetters,
        clock: Clock,
        rejects: Mapping[str, RejectHook],
        poison_per_minute: int,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._group = group
        self._reader = reader
        self._bulk = bulk
        self._reactions = reactions
        self._dead_letters = dead_letters
        self._clock = clock
        self._rejects = rejects
        self._limit = poison_per_minute
        self._seconds = seconds
        self._recent: deque[float] = deque()
        self._just_started = True
        self._numbered_elsewhere = _COMPACTED | {retry_topic(group)}
        self.sequences = Sequences()
        self.dead_lettered = 0

    async def handle(self, records: Sequence[Record]) -> None:
        """Bring a batch to its end. Raises Unavailable (it must come again) or TooMuchPoison (stop)."""
        items, given_up = self._read(records)
        given_up += await self._bulk.apply(items)
        given_up += await self._reactions.react(items)
        if given_up:
            once = {one.record.place: one for one in reversed(given_up)}  # two effects may give up the same
            await self.give_up(list(reversed(once.values())))

    async def retry_parked(self) -> bool:
        """Try one parked key that is due; False when none is. Raises Unavailable."""
        try:
            given_up = await self._reactions.retry()
        except LookupError:
            return False
        if given_up is not None:
            await self.give_up([given_up])
            await self._reactions.forget(given_up)
        return True

    async def give_up(self, rejected: Sequence[Rejected]) -> None:
        """Dead-letter these, or hand them to their topic's hook; returns once all are safely kept."""
        letters = [one for one in rejected if not await self._kept_by_hook(one)]
        poison = sum(one.reason != SKIPPED for one in letters)
        if poison:
            self._check_limit(poison)
        if not letters:
            return
        await self._dead_letters.send(letters)
        self._just_started = False
        self.dead_lettered += len(letters)
        self._recent.extend([self._seconds()] * poison)
        for one in letters:
            CONSUMER_EVENTS.labels(self._group, "dead_lettered").inc()
            DEAD_LETTERS.labels(self._group, one.reason).inc()
            log.warning("dead-lettered", extra={"place": one.record.place, "reason": one.reason})

    async def _kept_by_hook(self, rejected: Rejected) -> bool:
        hook = self._rejects.get(rejected.record.topic)
        if hook is None or not await hook(rejected):
            return False
        CONSUMER_EVENTS.labels(self._group, "rejected").inc()
        return True

    def _check_limit(self, more: int) -> None:
        minute_ago = self._seconds() - 60
        while self._recent and self._recent[0] < minute_ago:
            self._recent.popleft()
        # A start is an operator's word. The first letters after it pass however many one batch holds: else a
        # batch with more poison than the limit could never be passed.
        if len(self._recent) + more > self._limit and not self._just_started:
            raise TooMuchPoison(f"more than {self._limit} records a minute cannot be processed")

    def _read(self, records: Sequence[Record]) -> tuple[list[tuple[Record, Event]], list[Rejected]]:
        items: list[tuple[Record, Event]] = []
        given_up: list[Rejected] = []
        for record in records:
            try:
                event = self._reader.decode(record)
            except Poison as reason:
                self.sequences.forget(record.topic, record.key or b"")
                given_up.append(Rejected(record, reason.code, self._clock.now()))
                continue
            self._watch_sequence(record, event)
            try:
                if self._reader.handles(event):
                    items.append((record, event))
                else:
                    CONSUMER_EVENTS.labels(self._group, "skipped").inc()
            except Poison as reason:
                given_up.append(Rejected(record, reason.code, self._clock.now()))
        return items, given_up

    def _watch_sequence(self, record: Record, event: Event) -> None:
        if event.sequence is None or record.topic in self._numbered_elsewhere:
            return
        missing = self.sequences.gap(record.topic, record.key or b"", event.sequence)
        if missing:
            CONSUMER_GAPS.labels(self._group, record.topic).inc(missing)
            log.warning("sequence numbers are missing", extra={"place": record.place, "missing": missing})
