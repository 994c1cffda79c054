"""The three shapes of effect. What they write to is opaque here; the store knows (`shared.consume.store`)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.consume.record import Record
from shared.events import Event

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows that an event adds to `collection`; a repeated event adds nothing.

    `rows(event, record)` gives no, one or several documents; the record says where on Kafka the event stood.
    A row without `_id` gets the event's id (and `#n` from the second row on). `after(rows)` gets every row of
    the batch, repeats included, after they are stored and before the commit: it must be repeatable (mark
    buckets dirty), and what it raises makes the whole batch come again.
    """

    collection: Any
    rows: Callable[[Event, Record], list[Document]]
    after: Callable[[list[Document]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """A copy of another service's state in `collection`: the newest per key, by the event's sequence.

    `document(event)` gives the copy (`_id` defaults to the event's subject), or None for an erasure, which
    leaves `{_id, sequence, erased: true}` so that an older event cannot bring the copy back. Needs events
    with a sequence.
    """

    collection: Any
    document: Callable[[Event], Document | None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """An aggregate that acts. `apply` is called once per event, in order per key, and must be guarded by
    `seen`.

    It raises NotYet (the key is parked), Refused (written down by `apply` itself; acknowledged here),
    Unavailable (the batch comes again) or Poison (dead letter). Anything else parks the key, and an
    operator decides.
    """

    apply: Callable[[Event], Awaitable[None]]


Effect = Facts | Projection | Reaction
