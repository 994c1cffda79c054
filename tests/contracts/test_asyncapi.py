"""The generated document, by its own references, its examples, and the schemas that it shares with ours.

The official parser is a Node program and no Python package holds the official schema, so both are run by hand
when the document's structure changes: docs/decisions/contracts-as-data.md says how.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from shared.contracts import CONTRACTS
from shared.contracts.asyncapi import asyncapi, platform
from shared.contracts.publish import golden
from shared.contracts.publish.schemas import clear_schemas, event_schemas
from shared.contracts.submissions import TIP_SUBMITTED
from shared.contracts.tip_submission import TipSubmission
from shared.contracts.topics import SERVICES, TOPICS
from shared.events import STRUCTURED, from_http, to_kafka

SCHEMAS = event_schemas()
PARTS = ("platform", *SERVICES, "integrations")


def part(name: str) -> dict[str, Any]:
    return platform() if name == "platform" else asyncapi(name)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


@pytest.mark.parametrize("name", PARTS)
def test_every_reference_leads_somewhere(name: str) -> None:
    document = part(name)
    for reference in set(references(document)):
        assert resolve(document, reference) is not None


@pytest.mark.parametrize("name", PARTS)
def test_the_document_has_the_parts_the_standard_asks_for(name: str) -> None:
    document = part(name)
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= document["info"].keys()
    for server in document["servers"].values():
        assert {"host", "protocol"} <= server.keys()
    for address, channel in document["channels"].items():
        assert channel["address"] == address
        assert channel["messages"]
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in document["channels"]
    for message in document["components"]["messages"].values():
        assert isinstance(message["payload"], dict)


def test_every_topic_is_a_channel_with_its_settings() -> None:
    channels = platform()["channels"]
    assert set(channels) == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        binding = channels[topic.name]["bindings"]["kafka"]
        assert binding["partitions"] == topic.partitions["ward"]
        assert binding["topicConfiguration"]["cleanup.policy"] == [topic.cleanup]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_tells_what_it_sends_and_receives_and_nothing_else(service: str) -> None:
    operations = asyncapi(service)["operations"]
    sends = {body["channel"]["$ref"] for body in operations.values() if body["action"] == "send"}
    receives = {body["channel"]["$ref"] for body in operations.values() if body["action"] == "receive"}
    assert sends == {f"#/channels/{topic.name}" for topic in TOPICS if topic.producer == service}
    assert receives == {f"#/channels/{topic.name}" for topic in TOPICS if service in topic.consumers}


@pytest.mark.parametrize("event_type", [*CONTRACTS, TIP_SUBMITTED])
def test_schemas_and_the_document_accept_every_golden_example(event_type: str) -> None:
    document = platform()
    message = document["components"]["messages"][event_type]
    own = Draft202012Validator(SCHEMAS[event_type], format_checker=FormatChecker())
    shared = Draft202012Validator({**message["payload"], "components": document["components"]})
    headers = Draft202012Validator({**message["headers"], "components": document["components"]})
    for example in golden.examples()[event_type]:
        own.validate(example["data"])
        shared.validate(example["data"])
        (event,) = from_http({"content-type": STRUCTURED}, orjson.dumps(example))
        headers.validate({name: value.decode() for name, value in to_kafka(event)[2]})


@pytest.mark.parametrize("name", [*CONTRACTS, TIP_SUBMITTED])
def test_every_event_schema_is_a_schema_and_open_to_what_comes_later(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert "'additionalProperties': False" not in repr(schema)


def test_the_clear_submission_has_a_closed_schema() -> None:
    schema = clear_schemas()["tip_submission"]
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(TipSubmission.model_fields)
