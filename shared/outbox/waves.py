"""One wave after another: what to send now, and what its outcome means for journal, pending and the next
wave."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import metrics
from shared.clock import Clock
from shared.outbox.aggregate import Outbox
from shared.outbox.documents import outgoing
from shared.outbox.lease import Leases
from shared.outbox.ports import Entry, EventLog, Failure, JournalStore, Outgoing, Sent, Timing

log = logging.getLogger(__name__)

MAX_DOCUMENTS = 500
MAX_EVENTS = 1_000
SUSPECTS_PER_WAVE = 10


@dataclass(frozen=True, slots=True)
class Work:
    """A document's next events. `outbox` is its number among the relay's outboxes."""

    outbox: int
    id: str
    lane: int
    events: Sequence[Outgoing]


class Waves:
    """`aside`: documents whose next event Kafka refuses for good, and until when (monotonic seconds)."""

    def __init__(
        self,
        outboxes: Sequence[Outbox[Any]],
        events: EventLog,
        journal: JournalStore,
        leases: Leases,
        timing: Timing,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._outboxes, self._log, self._journal = outboxes, events, journal
        self._leases, self._timing, self._clock = leases, timing, clock
        self._monotonic = monotonic
        self._service = outboxes[0].service
        self.aside: dict[str, float] = {}
        self._resting: dict[str, float] = {}
        self._suspects: set[str] = set()
        self._untrimmed: dict[int, dict[str, int]] = {}
        self._room = MAX_EVENTS  # shrinks while waves fail, so that a slow link still carries some

    async def find(self, lanes: Collection[int]) -> list[Work]:
        """The oldest pending events of these lanes, without those that rest or are set aside."""
        now = self._monotonic()
        self.aside = {id: until for id, until in self.aside.items() if until > now}
        self._resting = {id: until for id, until in self._resting.items() if until > now}
        without = self.aside.keys() | self._resting.keys()
        work: list[Work] = []
        room = self._room
        for number, outbox in enumerate(self._outboxes):
            if room == 0:
                break
            waiting = await outbox.store.pending(lanes, limit=MAX_DOCUMENTS, events=room, without=without)
            for document in waiting:
                entries = document.pending[:room]
                if not entries:
                    break
                events = [outgoing(document.id, entry, outbox.source) for entry in entries]
                room -= len(events)
                work.append(Work(number, document.id, document.lane, events))
        return work

    async def send(self, work: Sequence[Work], cluster: str | None) -> bool:
        """Publishes, journals and trims; suspects go out one event at a time. False if nothing could be
        sent."""
        work = await self._without_missing_topics(work)
        together = [one for one in work if one.id not in self._suspects]
        alone = [one for one in work if one.id in self._suspects][:SUSPECTS_PER_WAVE]
        for wave in [together, *([replace(one, events=one.events[:1])] for one in alone)]:
            ready = self._leases.ready()
            # A lane that has not had its journal on this cluster yet sends nothing new to it.
            ours = [one for one in wave if one.lane in ready and ready[one.lane].cluster == cluster]
            if not ours:
                continue
            with self._leases.working({one.lane for one in ours}):
                await self._settle(ours, await self._produce(ours))
        return bool(work)

    async def finish_trimming(self) -> None:
        """Trims what was sent and journaled before, if the database was away then. Raises Unavailable."""
        while self._untrimmed:
            number, sent = next(iter(self._untrimmed.items()))
            await self._outboxes[number].store.trim(sent)
            del self._untrimmed[number]

    async def _produce(self, wave: Sequence[Work]) -> Sequence[Sent]:
        seconds = self._leases.seconds({one.lane for one in wave})
        sent = await self._log.produce([one.events for one in wave], seconds=seconds)
        failed = any(one.failure is Failure.AGAIN for one in sent)
        self._room = max(1, self._room // 4) if failed else min(MAX_EVENTS, self._room * 2)
        return sent

    async def _settle(self, wave: Sequence[Work], sent: Sequence[Sent]) -> None:
        for one, outcome in zip(wave, sent, strict=True):
            self._note_failure(one, outcome)
        entries = self._entries(wave, sent)
        # A lane whose lease ended meanwhile has no entries: its new owner sends and journals its events
        # again.
        journaled = {entry.lane for entry in entries} - await self._append(entries)
        for one, outcome in zip(wave, sent, strict=True):
            if outcome.acknowledged and one.lane in journaled:
                last = one.events[outcome.acknowledged - 1].event.sequence
                self._untrimmed.setdefault(one.outbox, {})[one.id] = last or 0
        metrics.RELAY_PUBLISHED.labels(self._service).inc(len(entries))
        await self.finish_trimming()

    def _entries(self, wave: Sequence[Work], sent: Sequence[Sent]) -> list[Entry]:
        held = self._leases.held()
        at = self._clock.now()
        numbers: dict[int, int] = {}
        entries: list[Entry] = []
        for one, outcome in zip(wave, sent, strict=True):
            if (lane := held.get(one.lane)) is None:
                continue
            for event in one.events[: outcome.acknowledged]:
                n = numbers[one.lane] = numbers.get(one.lane, lane.n) + 1
                entries.append(Entry(one.lane, n, at, event.topic, event.event))
        # In order within each lane: the journal tells a lane's loss by the first number that is taken.
        return sorted(entries, key=lambda entry: (entry.lane, entry.n))

    async def _append(self, entries: Sequence[Entry]) -> set[int]:
        """Journals; returns the lanes where another owner is at work and whose events must stay pending."""
        if not entries:
            return set()
        held = self._leases.held()
        last = {entry.lane: entry.n for entry in entries if entry.lane in held}
        for lane in last:
            held[lane].doubtful = True  # until the answer: a lost one leaves the last number unknown
        lost = set(await self._journal.append(entries))
        for lane, n in last.items():
            if lane not in lost:
                # Only what the journal holds: a number ahead of it would let a frozen owner fill it in later.
                held[lane].n, held[lane].doubtful = n, False
            elif not await self._leases.still_ours(held[lane]):
                log.warning("a lane has another owner", extra={"lane": lane})
        return lost

    def _note_failure(self, one: Work, outcome: Sent) -> None:
        failed = one.events[outcome.acknowledged :]
        if outcome.failure is None:
            self._suspects.discard(one.id)
        elif outcome.failure is Failure.SUSPECT:
            self._suspects.add(one.id)
        elif outcome.failure is Failure.REFUSED:
            self._suspects.discard(one.id)
            self.aside[one.id] = self._monotonic() + self._timing.aside
            log.error(
                "Kafka refuses an event for good; its key is set aside",
                extra={"event_type": failed[0].event.type},
            )
        else:
            self._resting[one.id] = self._monotonic() + self._timing.again
            metrics.RELAY_REPEATS.labels(self._service).inc(len(failed))

    async def _without_missing_topics(self, work: Sequence[Work]) -> list[Work]:
        missing = await self._log.missing({event.topic for one in work for event in one.events})
        there: list[Work] = []
        for one in work:
            events = one.events
            for number, event in enumerate(events):
                if event.topic in missing:
                    events = events[:number]
                    break
            if events:
                there.append(replace(one, events=events))
            else:
                self._resting[one.id] = self._monotonic() + self._timing.again
        return there
