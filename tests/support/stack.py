"""The real parts as fixtures: one mongod and one Kafka for the run, private ones for rough tests."""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo import MongoClient

from deploy.local import kafka as local_kafka
from deploy.local import mongod as local_mongod
from deploy.local.kafka import RunningKafka
from deploy.local.mongod import RunningMongo
from deploy.local.ports import free_ports
from tests.support.parallel import given_kafka, given_mongo

_numbers = itertools.count(1)


class Mongo(Protocol):
    """What tests need of a MongoDB, ours or one given by MONGO_URL."""

    @property
    def admin_url(self) -> str: ...

    def url_for(self, database: str) -> str: ...


@dataclass(frozen=True)
class GivenMongo:
    """The MongoDB of MONGO_URL, whose user must be allowed everything."""

    admin_url: str

    def url_for(self, database: str) -> str:
        parts = urlsplit(self.admin_url)
        query = parts.query
        if "@" in parts.netloc and "authSource" not in query:
            query = f"{query}&authSource=admin".lstrip("&")
        return urlunsplit(parts._replace(path=f"/{database}", query=query))


@dataclass(frozen=True)
class GivenKafka:
    """The broker of KAFKA_BOOTSTRAP_SERVERS."""

    bootstrap: str


@dataclass(frozen=True)
class FreshDatabase:
    """An empty database; `url` names its own user, who may touch nothing else."""

    name: str
    url: str


@pytest.fixture(scope="session")
def mongo(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    """One mongod (one-member replica set with authentication) for the whole run."""
    folder = tmp_path_factory.mktemp("mongo")
    if url := os.environ.get("MONGO_URL"):
        yield GivenMongo(url)
        return
    if leaders := given_mongo(pytestconfig, folder):
        yield leaders
        return
    running = local_mongod.start(folder, *free_ports(1))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def kafka(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKafka | GivenKafka]:
    """One Kafka broker for the whole run; a test makes its own topics or uses keys of its own."""
    if servers := os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or given_kafka(pytestconfig):
        yield GivenKafka(servers)
        return
    running = local_kafka.start(tmp_path_factory.mktemp("kafka"), *free_ports(2))
    yield running
    running.stop()


@pytest.fixture
def fresh_database(mongo: Mongo) -> Iterator[FreshDatabase]:
    """A database of the test's own, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield FreshDatabase(name, mongo.url_for(name))
    with MongoClient[dict[str, object]](mongo.admin_url) as client:
        client.drop_database(name)


@pytest.fixture
def private_mongo(tmp_path: Path) -> Iterator[Callable[[], RunningMongo]]:
    """Makes a mongod that the test may kill, freeze and restart."""
    running: list[RunningMongo] = []

    def make() -> RunningMongo:
        running.append(local_mongod.start(tmp_path / f"mongo-{len(running)}", *free_ports(1)))
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def private_kafka(tmp_path: Path) -> Iterator[Callable[[], RunningKafka]]:
    """Makes a Kafka that the test may kill, freeze and restart."""
    running: list[RunningKafka] = []

    def make() -> RunningKafka:
        running.append(local_kafka.start(tmp_path / f"kafka-{len(running)}", *free_ports(2)))
        return running[-1]

    yield make
    for one in running:
        one.stop()
