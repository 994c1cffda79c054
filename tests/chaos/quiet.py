"""Whether everything that was accepted has gone as far as it goes, asked of stores and Kafka directly."""

from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.support.reconcile import KEPT, TOPICS
from tests.support.system import SERVICES, System

_READS = {
    "tips": ("tips.submission.v1", "mediation.case.v1"),
    "mediation": ("tips.tip.v1", "mediation.case.v1"),
    "notifications": TOPICS,
    "analytics": TOPICS[:3],
}


def unquiet(system: System) -> list[str]:
    """What is still under way; empty when all is quiet."""
    found = []
    with system.databases() as client:
        for database, collection in KEPT:
            if count := client[database][collection].count_documents({"waiting_since": {"$exists": True}}):
                found.append(f"{count} of {database} have events to send")
        waiting = client["notifications"]["webhook_deliveries"].count_documents({"state": "pending"})
        if waiting:
            found.append(f"{waiting} deliveries wait")
        if marks := client["analytics"]["marks"].count_documents({}):
            found.append(f"{marks} figures are to be computed")
        for name in SERVICES:
            if parked := client[name]["parked"].count_documents({}):
                found.append(f"{parked} events are parked by {name}")
    for group in SERVICES:
        if left := unread(system.kafka.bootstrap, group):
            found.append(f"{group} has {left} records to read")
    return found


def unread(bootstrap: str, group: str) -> int:
    """Records that `group` has not committed, over all topics that it reads; 1 while nobody can say."""
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "log_level": 0})
    try:
        topics = reader.list_topics(timeout=10).topics
        names = (*_READS[group], f"{group}.retry")
        places = [TopicPartition(name, number) for name in names for number in topics[name].partitions]
        left = 0
        for one in reader.committed(places, timeout=10):
            _, end = reader.get_watermark_offsets(one, timeout=10)
            left += max(0, end - max(one.offset, 0))
        return left
    except (KafkaException, KeyError):
        return 1
    finally:
        reader.close()
