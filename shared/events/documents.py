"""An event as the fields of a document, without its id: whoever keeps it chooses where that stands."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from shared.events.event import Event


def event_fields(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": event.time,
        "sequence": event.sequence,
        "data": dict(event.data),
        "traceparent": event.traceparent,
        "dataschema": event.dataschema,
    }


def event_from(id: str, document: Mapping[str, Any]) -> Event:
    return Event(
        id=id,
        type=document["type"],
        source=document["source"],
        subject=document["subject"],
        time=document["time"].astimezone(UTC),
        sequence=document["sequence"],
        data=document["data"],
        traceparent=document["traceparent"],
        dataschema=document["dataschema"],
    )
