"""The transactional outbox: one document is state, inbox and outbox; the relay takes its events to Kafka in
order.

Services use `Outbox` (create, update, get, journal) and run one `Relay`.
"""

from shared.outbox.aggregate import Outbox
from shared.outbox.drafts import Cause, Codec, Loaded, Wording
from shared.outbox.fields import StateCodec
from shared.outbox.journal import Journal
from shared.outbox.ports import Entry, Storage, Timing
from shared.outbox.relay import Relay
from shared.outbox.timeline import Caps, TimelineEntry, verify

__all__ = [
    "Caps",
    "Cause",
    "Codec",
    "Entry",
    "Journal",
    "Loaded",
    "Outbox",
    "Relay",
    "StateCodec",
    "Storage",
    "TimelineEntry",
    "Timing",
    "Wording",
    "verify",
]
