"""A cluster that was lost and came back empty gets every lane's journal window again, in order."""

from collections.abc import Sequence

from shared.errors import Unavailable
from shared.outbox.lease import Leases
from shared.outbox.ports import Entry, EventLog, Failure, JournalStore, Outgoing

PAGE = 500


async def republish(lane: int, journal: JournalStore, events: EventLog, leases: Leases) -> int:
    """Publishes the lane's journal from its oldest entry; returns how many events went out.

    Raises Unavailable when Kafka, a topic or the lease is missing: begin again from the start, consumers drop
    what they have. What Kafka refuses for good is left out, as it was when it was first published.
    """
    position, count = 0, 0
    while page := await journal.window(lane, position, PAGE):
        if await events.missing({entry.topic for entry in page}):
            raise Unavailable("The topics are not there yet.", code="topics_missing")
        documents = _by_subject(page)
        outcomes = await events.produce(documents, seconds=_seconds(leases, lane))
        for document, sent in zip(documents, outcomes, strict=True):
            if sent.failure is Failure.AGAIN:
                raise _not_taken()
            # One of them was refused, or came after one that was: alone, each shows whether it is the one.
            for outgoing in document[sent.acknowledged :]:
                (alone,) = await events.produce([[outgoing]], seconds=_seconds(leases, lane))
                if alone.failure not in (None, Failure.REFUSED):
                    raise _not_taken()
        position, count = page[-1].n, count + len(page)
    return count


def _seconds(leases: Leases, lane: int) -> float:
    if lane not in leases.ready():
        raise Unavailable("The lease does not last for another wave.")
    return leases.seconds({lane})


def _not_taken() -> Unavailable:
    return Unavailable("Kafka did not take the journal.", code="kafka_unavailable")


def _by_subject(page: Sequence[Entry]) -> list[list[Outgoing]]:
    documents: dict[str, list[Outgoing]] = {}
    for entry in page:
        documents.setdefault(entry.event.subject, []).append(Outgoing(entry.topic, entry.event))
    return list(documents.values())
