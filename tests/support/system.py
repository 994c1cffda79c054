"""The whole system as real processes with parts of its own, for tests that break things."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import Producer
from pymongo import MongoClient

from deploy.local import kafka as local_kafka
from deploy.local import mongod as local_mongod
from deploy.local.child import Child
from deploy.local.issuer import Issuer
from deploy.local.kafka import Door
from deploy.local.places import CHECKOUT
from deploy.local.ports import free_ports
from deploy.local.service_secrets import service_secrets
from deploy.local.services import ENVIRONMENTS, Service, base_environment
from tests.support.waiting import eventually_sync

AREA = "99/99001/tdp-4"
SERVICES = ("tips", "mediation", "notifications", "analytics")
READY_WITHIN = 60.0


@dataclass(slots=True)
class Replica:
    """One process of a service. `url` is its HTTP door, `child` the process to hurt."""

    name: str
    url: str
    child: Child

    def ready(self) -> bool:
        return self.asks("/readyz") == 200

    def asks(self, path: str) -> int | None:
        """The status of a GET, or None when nobody answers."""
        try:
            return httpx.get(self.url + path, timeout=3, trust_env=False).status_code
        except httpx.HTTPError:
            return None

    def wait_until_ready(self) -> None:
        eventually_sync(self.ready, within=READY_WITHIN)

    def log(self) -> str:
        return self.child.log.read_text(errors="replace")


class System:
    """mongod, Kafka, topics, and as many replicas of each service as a test starts from `checkout`.

    `members`: processes of MongoDB and of Kafka each. `doors`: one more listener for each node of Kafka.
    `planted`: subjects that a test has put on topics itself, which no aggregate stands for."""

    def __init__(
        self, folder: Path, checkout: Path = CHECKOUT, *, members: int = 1, doors: Sequence[Door] = ()
    ) -> None:
        self.folder, self.checkout = folder, checkout
        ports = free_ports(3 * members)
        places = list(zip(ports[members : 2 * members], ports[2 * members :], strict=True))
        with ThreadPoolExecutor() as both:
            mongo = both.submit(local_mongod.start, folder / "mongo", *ports[:members])
            kafka = both.submit(local_kafka.start_cluster, folder / "kafka", places, doors=doors)
        self.mongo, self.kafka = mongo.result(), kafka.result()
        self.issuer = Issuer(folder / "secrets")
        self.replicas: list[Replica] = []
        self._prepared: set[str] = set()
        self.planted: set[str] = set()
        self.make_topics()

    def make_topics(self) -> None:
        """What the topics job does, at first and whenever the broker comes back empty."""
        copies = str(min(3, len(self.kafka.nodes)))
        broker = {"KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap, "TOPIC_REPLICATION": copies}
        run_module("shared.topics", env={**base_environment(), **broker}, checkout=self.checkout)

    def start(self, name: str, **settings: str) -> Replica:
        """One more replica of `name`, not waited for. `settings` override its environment."""
        (port,) = free_ports(1)
        number = 1 + sum(replica.name == name for replica in self.replicas)
        env = {**self.environment(name, port), "REPLICA_ID": f"{name}-{number}", **settings}
        if name not in self._prepared:
            self.prepare(name)
        log = self.folder / "logs" / f"{name}-{number}.log"
        command = [sys.executable, "-m", f"services.{name}"]
        child = Child(f"{name}-{number}", command, log=log, env=env, cwd=self.checkout)
        self.replicas.append(Replica(name, f"http://127.0.0.1:{port}", child))
        return self.replicas[-1]

    def start_all(self, replicas: int = 2, **settings: str) -> None:
        """So many replicas of every service, not waited for. `settings` as in `start`."""
        for name in SERVICES:
            self.mongo.url_for(name)  # makes the user: one at a time
        self.prepare(*SERVICES)
        for name in SERVICES:
            for _ in range(replicas):
                self.start(name, **settings)

    def prepare(self, *names: str) -> None:
        """Make the indexes of these services' databases."""
        environments = json.dumps({name: self.environment(name, 0) for name in names})
        env = {**base_environment(), ENVIRONMENTS: environments}
        run_module("deploy.local.indexes", env=env, checkout=self.checkout)
        self._prepared |= set(names)

    def of(self, name: str) -> list[Replica]:
        return [replica for replica in self.replicas if replica.name == name]

    def heal(self) -> None:
        """Thaw and restart whatever a test left broken; returns when every replica is ready."""
        for part in (self.mongo, self.kafka):
            part.thaw()
            part.restart()
        for replica in self.replicas:
            if replica.child.exit_code() is not None:
                replica.child.start_again()
            replica.child.thaw()
        for replica in self.replicas:
            replica.wait_until_ready()

    def environment(self, name: str, port: int) -> dict[str, str]:
        """What a service sees in the local stack."""
        return Service(name, port).environment(
            mongo_url=self.mongo.url_for(name),
            kafka=self.kafka.bootstrap,
            jwks_file=self.issuer.jwks_file,
            own=service_secrets(name, self.folder / "secrets"),
        )

    def bearer(
        self, *scopes: str, areas: tuple[str, ...] = ("*",), subject: str = "officer-1"
    ) -> dict[str, str]:
        """Headers with a token for these scopes and areas."""
        return {"Authorization": f"Bearer {self.issuer.token(scopes, areas, subject)}"}

    def produce_submission(self, sealed: str) -> None:
        """Write one encrypted report to `tips.submission.v1`, as a gateway would."""
        id = str(uuid4())
        headers = {
            "ce_specversion": "1.0",
            "ce_id": id,
            "ce_type": "liengia.tip.submitted.v1",
            "ce_source": "/integrations/test",
            "content-type": "application/jose",
        }
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap, "acks": "all", "log_level": 0})
        producer.produce("tips.submission.v1", key=id, value=sealed, headers=list(headers.items()))
        assert producer.flush(30) == 0

    @contextmanager
    def databases(self) -> Iterator["MongoClient[dict[str, Any]]"]:
        """Everything in MongoDB, seen from outside the services."""
        with MongoClient[dict[str, Any]](self.mongo.admin_url) as client:
            yield client

    def stop(self) -> None:
        with ThreadPoolExecutor() as together:
            list(together.map(lambda replica: replica.child.stop(), self.replicas))
        self.kafka.stop()
        self.mongo.stop()


def run_module(module: str, *arguments: str, env: Mapping[str, str], checkout: Path = CHECKOUT) -> str:
    """Run a module of ours to its end and return what it printed. Fails the test with its output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=dict(env),
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, f"{module} {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def report(**changes: object) -> dict[str, object]:
    """A plain report about a theft in the fictional ward."""
    return {
        "category": "theft_burglary",
        "text": "Mất xe máy trong hẻm lúc hai giờ sáng.",
        "area": AREA,
        "channel": "web",
        **changes,
    }


def as_json(text: str) -> list[dict[str, object]]:
    """The JSON lines of a log."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
