"""What runs, in the order it was started; stopping goes the other way round."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from deploy.local import kafka, mongod
from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.kafka import RunningKafka
from deploy.local.mongod import RunningMongo
from deploy.local.places import CHECKOUT
from deploy.local.services import Service, base_environment

_JOB_WITHIN = 120.0
_READY_WITHIN = 90.0
_LOCAL_ONLY = build_opener(ProxyHandler({}))


class Stack:
    """mongod, Kafka and the services under `folder`. Raises CannotStart with a sentence for a person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Child] = []

    def start_mongod(self, port: int) -> RunningMongo:
        running = mongod.start(
            self._folder / "mongo",
            port,
            passwords=self._folder / "secrets" / "mongo.json",
            log=self._log("mongod"),
        )
        self._running.append(running.child)
        return running

    def start_kafka(self, port: int, controller_port: int) -> RunningKafka:
        running = kafka.start(self._folder / "kafka", port, controller_port, log=self._log("kafka"))
        self._running.append(running.child)
        return running

    @contextmanager
    def jobs(self, jobs: Mapping[str, tuple[Sequence[str], Mapping[str, str]]]) -> Iterator[None]:
        """Run Python modules, all at once, while the block runs, and wait for their end after it; `jobs` maps
        a name to (arguments, environment).
        """
        children = [self._python(name, *job) for name, job in jobs.items()]
        try:
            yield
            until = time.monotonic() + _JOB_WITHIN
            while any(child.exit_code() is None for child in children):
                if time.monotonic() > until:
                    raise CannotStart(f"{children[0].name} took too long; its log: {children[0].log}")
                time.sleep(0.05)
            for child in children:
                if child.exit_code() != 0:
                    raise CannotStart(f"{child.name} failed; its log says why: {child.log}")
        finally:
            for child in children:
                child.stop()

    def start_services(self, wanted: Sequence[tuple[Service, Mapping[str, str]]]) -> None:
        """Start each with its environment, then wait until all say that they are ready."""
        started = []
        for service, environment in wanted:
            child = self._python(service.name, ["-m", f"services.{service.name}"], environment)
            self._running.append(child)
            started.append((service, child))
        until = time.monotonic() + _READY_WITHIN
        for service, child in started:
            while not _ready(service.url):
                self.check()
                if time.monotonic() > until:
                    raise CannotStart(f"{child.name} did not become ready; its log says why: {child.log}")
                time.sleep(0.05)

    def check(self) -> None:
        """Raise CannotStart for the first part that ended by itself."""
        for child in self._running:
            if child.exit_code() is not None:
                raise child.died()

    def stop(self) -> None:
        """SIGTERM and 10 s of grace each, the last started first."""
        while self._running:
            self._running.pop().stop(grace=10)

    def _python(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Child:
        command = [sys.executable, *arguments]
        return Child(
            name,
            command,
            log=self._log(name.replace(" ", "-")),
            env={**base_environment(), **environment},
            cwd=CHECKOUT,
        )

    def _log(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"


def given(variable: str) -> str | None:
    """A MongoDB or Kafka that is already there, named by `MONGO_URL` or `KAFKA_BOOTSTRAP_SERVERS`."""
    return os.environ.get(variable) or None


def _ready(url: str) -> bool:
    try:
        with _LOCAL_ONLY.open(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
