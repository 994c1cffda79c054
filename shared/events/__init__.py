"""CloudEvents 1.0 as a value object, and its codecs: Kafka binary and structured, HTTP binary, structured and
batch.

The standard: github.com/cloudevents/spec v1.0.2 (spec, JSON format, Kafka and HTTP protocol bindings).
Reading is safe: whatever bytes come in, the outcome is an `Event` or a refusal of `shared.errors`, never
another exception. Why this is not the `cloudevents` package: docs/decisions/cloudevents-codec.md.
"""

from shared.events.documents import event_fields, event_from
from shared.events.event import Event
from shared.events.http import from_http, items_from_http
from shared.events.json_format import BATCH, JOSE, STRUCTURED, to_structured
from shared.events.kafka import from_kafka, to_kafka

__all__ = [
    "BATCH",
    "JOSE",
    "STRUCTURED",
    "Event",
    "event_fields",
    "event_from",
    "from_http",
    "from_kafka",
    "items_from_http",
    "to_kafka",
    "to_structured",
]
