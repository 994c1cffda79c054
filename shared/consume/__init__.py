"""Consuming events: batches, three shapes of effect, one commit per batch; parked or dead-lettered.

    Consumer      the supervised batch consumer of one service (group = service name)
    Facts         rows by event id; a repeat changes nothing
    Projection    newest copy per key, guarded by the aggregate's sequence
    Reaction      an aggregate that acts; may answer NotYet, Refused, Unavailable
    Timing        how long the consumer waits for what
    Rejected      a record given up, as a `rejects` hook gets it instead of the dead-letter topic

How a failure is treated is drawn once in `shared.consume.batch`.
"""

from shared.consume.consumer import Consumer
from shared.consume.record import Record, Rejected
from shared.consume.shapes import Effect, Facts, Projection, Reaction
from shared.consume.timing import Timing

__all__ = ["Consumer", "Effect", "Facts", "Projection", "Reaction", "Record", "Rejected", "Timing"]
