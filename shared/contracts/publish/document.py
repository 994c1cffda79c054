"""The AsyncAPI 3.0 document of the whole platform, built from the topic table, the models and the golden
examples.
"""

from collections.abc import Iterable
from typing import Any, Final

from shared.contracts import CONTRACTS
from shared.contracts.publish.messages import (
    DEAD_LETTER_HEADERS,
    KAFKA_BINDING,
    RECORD,
    cloud_event_headers,
    event_messages,
)
from shared.contracts.publish.schemas import JWE_SCHEMA, shared_schemas
from shared.contracts.submissions import TIP_SUBMISSION_TOPIC, TIP_SUBMITTED
from shared.contracts.topics import EVENT_TOPICS, GROUP_TOPICS, SERVICES, Topic

VERSION: Final = "1.0.0"
_DESCRIPTION: Final = (
    "Every event of Liên Gia. CloudEvents 1.0 over Kafka in binary mode: attributes are `ce_` headers, the "
    "value is the data. The record key is the subject, so events of one aggregate stay in order; "
    "`ce_sequence` counts them from 1 without gaps. Delivery is at least once: drop an event whose sequence "
    "you have. Inside a version contracts only grow: ignore fields and types that you do not know. No event "
    "holds personal data."
)


def document() -> dict[str, Any]:
    """The document as JSON-native values. References are internal only."""
    names, schemas = shared_schemas()
    types = {topic.name: _types_of(topic) for topic in EVENT_TOPICS}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:liengia:events",
        "info": {
            "title": "Liên Gia events",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": name} for name in (*SERVICES, "integrations")],
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {
            **{topic.name: _channel(topic, types[topic.name]) for topic in EVENT_TOPICS},
            **{topic.name: _group_channel(topic) for topic in GROUP_TOPICS},
        },
        "operations": {
            name: body for topic in (*EVENT_TOPICS, *GROUP_TOPICS) for name, body in _operations(topic)
        },
        "components": {
            "schemas": {
                **schemas,
                "CompactJwe": JWE_SCHEMA,
                "CloudEventHeaders": cloud_event_headers(),
                **DEAD_LETTER_HEADERS,
            },
            "messages": {**event_messages(names), "record": RECORD},
            "securitySchemes": {
                "scram": {
                    "type": "scramSha512",
                    "description": "One user per service or integration; ACLs bind each to its own topics.",
                }
            },
        },
    }


def _types_of(topic: Topic) -> list[str]:
    if topic.name == TIP_SUBMISSION_TOPIC:
        return [TIP_SUBMITTED]
    return [event_type for event_type, model in CONTRACTS.items() if topic.name == model.TOPIC]


def _servers() -> dict[str, Any]:
    return {
        "local": {
            "host": "127.0.0.1:9092",
            "protocol": "kafka",
            "description": "The local stack, without authentication, reachable from this machine only.",
        },
        "cluster": {
            "host": "{host}:{port}",
            "protocol": "kafka-secure",
            "description": "A deployment. TLS and SCRAM.",
            "variables": {
                "host": {"default": "kafka.example", "description": "Bootstrap host of the deployment."},
                "port": {"default": "9093"},
            },
            "security": [{"$ref": "#/components/securitySchemes/scram"}],
        },
    }


def _channel(topic: Topic, types: Iterable[str]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.purpose,
        "description": f"{topic.purpose}. Record key: {topic.key}.",
        "servers": [{"$ref": "#/servers/local"}, {"$ref": "#/servers/cluster"}],
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in types},
        "bindings": _channel_bindings(topic),
    }


def _group_channel(topic: Topic) -> dict[str, Any]:
    return {**_channel(topic, ()), "messages": {"record": {"$ref": "#/components/messages/record"}}}


def _channel_bindings(topic: Topic) -> dict[str, Any]:
    retention = int(topic.config()["retention.ms"])
    return {
        "kafka": {
            "topic": topic.name,
            "partitions": topic.partitions["ward"],
            "topicConfiguration": {"cleanup.policy": [topic.cleanup], "retention.ms": retention},
            "x-partitions-by-profile": dict(topic.partitions),
            "bindingVersion": KAFKA_BINDING,
        }
    }


def _operations(topic: Topic) -> Iterable[tuple[str, dict[str, Any]]]:
    channel = {"$ref": f"#/channels/{topic.name}"}
    yield (
        f"{topic.producer}.send.{topic.name}",
        {
            "action": "send",
            "channel": channel,
            "summary": f"{topic.producer} publishes to {topic.name}",
            "tags": [{"name": topic.producer}],
        },
    )
    for group in topic.consumers:
        yield (
            f"{group}.receive.{topic.name}",
            {
                "action": "receive",
                "channel": channel,
                "summary": f"{group} reads {topic.name}",
                "tags": [{"name": group}],
                "bindings": {
                    "kafka": {"groupId": {"type": "string", "const": group}, "bindingVersion": KAFKA_BINDING}
                },
            },
        )
