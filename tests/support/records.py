"""Kafka records without Kafka, for tests that hand events to a service's own effects."""

from shared.consume import Record
from shared.events import Event, to_kafka


def record_of(
    event: Event,
    topic: str = "tips.tip.v1",
    partition: int = 0,
    offset: int = 0,
    cluster: str = "cluster-1",
) -> Record:
    """The record in which `event` would come from that place."""
    key, value, headers = to_kafka(event)
    return Record(topic, partition, offset, key, value, tuple(headers), event.time, cluster)
