"""A cluster that was lost and came back empty gets every lane's journal window again, in order."""

from collections.abc import Callable, Container, Sequence

from shared.errors import Unavailable
from shared.outbox.ports import Entry, EventLog, Failure, JournalStore, Outgoing, Timing

PAGE = 500


async def republish(
    lane: int,
    journal: JournalStore,
    events: EventLog,
    timing: Timing,
    ready: Callable[[], Container[int]],
) -> int:
    """Publishes the lane's journal from its oldest entry; returns how many events went out.

    Raises Unavailable when Kafka, a topic or the lease is missing: begin again from the start, consumers drop
    what they have. What Kafka refuses for good is left out, as it was when it was first published.
    """
    position, count = 0, 0
    while page := await journal.window(lane, position, PAGE):
        if lane not in ready():
            raise Unavailable("The lease does not last for another wave.")
        if await events.missing({entry.topic for entry in page}):
            raise Unavailable("The topics are not there yet.", code="topics_missing")
        documents = _by_subject(page)
        for document, sent in zip(
            documents, await events.produce(documents, seconds=timing.wave), strict=True
        ):
            if sent.failure is Failure.AGAIN:
                raise _not_taken()
            if sent.failure is not None:
                await _one_by_one(document[sent.acknowledged :], events, timing)
        position, count = page[-1].n, count + len(page)
    return count


async def _one_by_one(document: Sequence[Outgoing], events: EventLog, timing: Timing) -> None:
    for outgoing in document:
        (sent,) = await events.produce([[outgoing]], seconds=timing.wave)
        if sent.failure not in (None, Failure.REFUSED):
            raise _not_taken()


def _not_taken() -> Unavailable:
    return Unavailable("Kafka did not take the journal.", code="kafka_unavailable")


def _by_subject(page: Sequence[Entry]) -> list[list[Outgoing]]:
    documents: dict[str, list[Outgoing]] = {}
    for entry in page:
        documents.setdefault(entry.event.subject, []).append(Outgoing(entry.topic, entry.event))
    return list(documents.values())
