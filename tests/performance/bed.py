"""What is measured, running: our system, alternatives beside it, and what Kafka says of their progress."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from deploy.local.child import Child
from deploy.local.places import CHECKOUT
from deploy.local.ports import free_ports
from deploy.local.services import base_environment
from tests.performance.traffic import Outcome, Plan
from tests.support.system import System
from tests.support.waiting import eventually_sync

PARTITIONS = 4  # as many as ours have
TIPS_TOPIC = "tips.tip.v1"
_READY_WITHIN = 60.0
_DRAINED_WITHIN = 90.0


@dataclass(frozen=True, slots=True)
class Contender:
    """A service with a `POST /tips`; `topic` is where its events go."""

    name: str
    port: int
    pid: int
    topic: str


class Bed:
    """A System with alternatives. Stopped by `bed` below."""

    def __init__(self, folder: Path) -> None:
        self.system = System(folder)
        self._others: list[Child] = []
        self._admin = AdminClient({"bootstrap.servers": self.system.kafka.bootstrap, "log_level": 0})
        self._looker: Any = Consumer(
            {"bootstrap.servers": self.system.kafka.bootstrap, "group.id": "bench-look", "log_level": 0}
        )

    @property
    def parts(self) -> dict[str, int]:
        """What every contender shares."""
        return {"mongod": self.system.mongo.child.pid, "kafka": self.system.kafka.child.pid}

    def ours(self) -> Contender:
        """The service tips, ready, with every guarantee."""
        replica = self.system.start("tips")
        replica.wait_until_ready()
        return Contender("Liên Gia", int(replica.url.rsplit(":", 1)[1]), replica.child.pid, TIPS_TOPIC)

    def services(self, *names: str) -> dict[str, Child]:
        """Other services of ours, ready."""
        replicas = [self.system.start(name) for name in names]
        for replica in replicas:
            replica.wait_until_ready()
        return {replica.name: replica.child for replica in replicas}

    def baseline(self, name: str, module: str, *, python: str = sys.executable, **env: str) -> Contender:
        """A service of `tests.performance.baselines`, ready, with a database and a topic of its own."""
        (port,) = free_ports(1)
        database, topic = f"bench_{module}_{port}", f"bench.{module}.{port}"
        self.topic(topic)
        child = self.process(module, database, topic, python=python, PORT=str(port), **env)

        def listens() -> bool:
            if child.exit_code() is not None:
                raise RuntimeError(f"{name} ended: {child.log.read_text(errors='replace')[-300:]}")
            return _answers(port)

        eventually_sync(listens, within=_READY_WITHIN)
        return Contender(name, port, child.pid, topic)

    def process(
        self, module: str, database: str, topic: str, *, python: str = sys.executable, **env: str
    ) -> Child:
        """One process of `tests.performance.baselines.<module>`."""
        child = Child(
            f"{module}-{len(self._others)}",
            [python, "-m", f"tests.performance.baselines.{module}"],
            log=self.system.folder / "logs" / f"{module}-{len(self._others)}.log",
            env={
                **base_environment(),
                "MONGO_URL": self.system.mongo.url_for(database),
                "MONGO_DATABASE": database,
                "KAFKA_BOOTSTRAP_SERVERS": self.system.kafka.bootstrap,
                "TOPIC": topic,
                **env,
            },
            cwd=CHECKOUT,
        )
        self._others.append(child)
        return child

    def topic(self, name: str) -> None:
        for made in self._admin.create_topics([NewTopic(name, PARTITIONS, 1)]).values():
            made.result(20)

    def written(self, topic: str) -> int:
        """Records on `topic`."""
        return sum(self._ends(topic))

    def behind(self, topic: str, groups: Sequence[str]) -> int:
        """Records that some group has not stored and committed yet, the slowest one's."""
        ends, places = self._ends(topic), [TopicPartition(topic, one) for one in range(PARTITIONS)]
        lags = []
        for group in groups:
            asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])
            found = asked[group].result(10).topic_partitions
            lags.append(sum(end - max(0, one.offset) for end, one in zip(ends, found, strict=True)))
        return max(lags, default=0)

    def drained(
        self, topic: str, records: int, groups: Sequence[str] = (), *, within: float = _DRAINED_WITHIN
    ) -> float:
        """Wait until `topic` has `records` and every group has stored them; returns that moment."""
        until = time.time() + within
        while self.written(topic) < records or self.behind(topic, groups):
            if time.time() > until:
                raise RuntimeError(
                    f"{topic}: {self.written(topic)} of {records}, {self.behind(topic, groups)} behind"
                )
            time.sleep(0.01)
        return time.time()

    def stop(self) -> None:
        self._looker.close()
        for child in reversed(self._others):
            child.stop()
        self.system.stop()

    def _ends(self, topic: str) -> list[int]:
        return [
            self._looker.get_watermark_offsets(TopicPartition(topic, one), timeout=10)[1]
            for one in range(PARTITIONS)
        ]


@contextmanager
def bed(folder: Path) -> Iterator[Bed]:
    """A bed in `folder`; everything has stopped afterwards."""
    made = Bed(folder)
    try:
        yield made
    finally:
        made.stop()


def drive(plan: Plan) -> Outcome:
    """Run the load client by `plan`, as a process. Raises RuntimeError when nothing was accepted."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.performance.client", json.dumps(asdict(plan))],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=plan.seconds + plan.warm + 40,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load client ended: {done.stderr[-300:]}")
    outcome = Outcome(**json.loads(done.stdout))
    if not outcome.accepted:
        raise RuntimeError(f"nothing was accepted; refused {outcome.refused}, lost {outcome.lost}")
    return outcome


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
