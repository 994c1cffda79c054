"""The topic table, and the job that makes its topics on a real broker."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from deploy.local.ports import free_ports
from shared.contracts.topics import SERVICES, TOPICS, Topic
from shared.errors import Conflict
from shared.topics import Settings, ensure_topics, read_settings
from tests.support.stack import GivenKafka

_numbers = count(1)


@contextmanager
def own_topics(bootstrap: str) -> Iterator[tuple[Topic, ...]]:
    """Two topics under names of their own, gone afterwards."""
    run = f"{os.getpid()}-{next(_numbers)}"
    topics = (
        replace(TOPICS[0], name=f"topics-test-{run}.events", retention=timedelta(days=30)),
        replace(TOPICS[0], name=f"topics-test-{run}.newest", cleanup="compact", retention=None),
    )
    yield topics
    admin = AdminClient({"bootstrap.servers": bootstrap})
    present = admin.list_topics(timeout=10).topics
    if made := [topic.name for topic in topics if topic.name in present]:
        for future in admin.delete_topics(made).values():
            future.result(10)


@pytest.fixture
def bootstrap(kafka: GivenKafka) -> str:
    return kafka.bootstrap


@pytest.fixture
def table(bootstrap: str) -> Iterator[tuple[Topic, ...]]:
    with own_topics(bootstrap) as topics:
        yield topics


def settings(bootstrap: str, **changes: object) -> Settings:
    return replace(Settings(bootstrap, "ward", 1, 20.0), **changes)  # type: ignore[arg-type]


def partitions(bootstrap: str, topic: str) -> int:
    return len(
        AdminClient({"bootstrap.servers": bootstrap}).list_topics(topic, timeout=10).topics[topic].partitions
    )


def test_every_group_has_a_retry_and_a_dead_letter_topic() -> None:
    names = {topic.name for topic in TOPICS}
    assert {f"{group}.{kind}" for group in SERVICES for kind in ("retry", "dlt")} <= names
    assert len(names) == len(TOPICS)


def test_topic_names_are_lawful_in_kafka() -> None:
    for topic in TOPICS:
        assert len(topic.name) <= 249
        assert topic.name.replace(".", "").replace("-", "").isalnum()


def test_only_the_registry_is_compacted_and_everything_else_ends() -> None:
    assert [topic.name for topic in TOPICS if topic.cleanup == "compact"] == ["analytics.registry.v1"]
    assert all(topic.retention for topic in TOPICS if topic.cleanup == "delete")


async def test_missing_topics_are_made_as_the_table_says(bootstrap: str, table: tuple[Topic, ...]) -> None:
    told: list[str] = []
    await ensure_topics(settings(bootstrap), told.append, table)
    assert told == [f"{topic.name}: made, 4 partitions" for topic in table]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    resources = [ConfigResource(ConfigResource.Type.TOPIC, topic.name) for topic in table]
    found = [future.result(10) for future in admin.describe_configs(resources).values()]
    assert [config["cleanup.policy"].value for config in found] == ["delete", "compact"]
    assert [config["retention.ms"].value for config in found] == [str(30 * 86_400_000), "-1"]


async def test_a_second_run_finds_them(bootstrap: str, table: tuple[Topic, ...]) -> None:
    await ensure_topics(settings(bootstrap), lambda line: None, table)
    told: list[str] = []
    await ensure_topics(settings(bootstrap), told.append, table)
    assert told == [f"{topic.name}: there, 4 partitions" for topic in table]


async def test_another_partition_count_is_an_error_and_stays_as_it_is(
    bootstrap: str, table: tuple[Topic, ...]
) -> None:
    await ensure_topics(settings(bootstrap), lambda line: None, table[:1])
    more = tuple(replace(topic, partitions={"ward": 5, "country": 96}) for topic in table)
    with pytest.raises(Conflict, match=f"{table[0].name} has 4 partitions, the ward profile wants 5"):
        await ensure_topics(settings(bootstrap), lambda line: None, more)
    assert partitions(bootstrap, table[0].name) == 4


async def test_what_kafka_refuses_is_said_with_the_topics_name(
    bootstrap: str, table: tuple[Topic, ...]
) -> None:
    with pytest.raises(Conflict, match=f"Kafka refuses {table[0].name}"):
        await ensure_topics(settings(bootstrap, replication=9), lambda line: None, table)


def run(environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "shared.topics"],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_kafka_that_is_away_is_waited_for_and_then_named() -> None:
    (port,) = free_ports(1)
    done = run({"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}", "TOPIC_WAIT_SECONDS": "1"})
    assert done.returncode == 2
    assert done.stderr.startswith(f"topics: Kafka at 127.0.0.1:{port} did not answer within 1 s; start it or")
    assert len(done.stderr.splitlines()) == 1


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(Conflict) as caught:
        read_settings({"TOPIC_PROFILE": "planet", "TOPIC_REPLICATION": "0", "TOPIC_WAIT_SECONDS": "soon"})
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "TOPIC_PROFILE", "TOPIC_REPLICATION", "TOPIC_WAIT_SECONDS"):
        assert name in caught.value.detail
    assert "planet" not in caught.value.detail
