"""A real Apache Kafka in KRaft mode from a Java runtime wheel and jars pinned by SHA-256."""

from deploy.local.kafka.broker import RunningKafka, start

__all__ = ["RunningKafka", "start"]
