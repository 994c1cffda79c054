"""A real Apache Kafka in KRaft mode from a Java runtime wheel and jars pinned by SHA-256."""

from deploy.local.kafka.broker import Door, RunningKafka, start, start_cluster

__all__ = ["Door", "RunningKafka", "start", "start_cluster"]
