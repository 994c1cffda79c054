"""P7: how long `make up` takes to be ready, and what all its processes hold in memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from deploy.local.places import CHECKOUT
from deploy.local.ports import free_ports
from deploy.local.services import services
from tests.performance.figures import Row, digits, spread
from tests.performance.processes import children, proportional_bytes
from tests.performance.round import Effort
from tests.support.waiting import eventually_sync

AIM_SECONDS = 15.0
AIM_BYTES = 1.2e9
_READY_WITHIN = 120.0
_GIVEN = ("MAKELEVEL", "MONGO_URL", "KAFKA_BOOTSTRAP_SERVERS")
_MIB = 1024 * 1024


def measure(folder: Path, effort: Effort) -> list[Row]:
    """Starts into empty folders; memory is taken as soon as a start is ready."""
    seconds: list[float] = []
    memory: list[dict[str, int]] = []
    for number in effort.turns():
        began = time.monotonic()
        with _up(folder / f"up-{number}") as process:
            seconds.append(time.monotonic() - began)
            memory.append(_memory(process.pid))
        effort.say(f"round {number + 1}: ready after {seconds[-1]:.1f} s, {_total(memory[-1]):.0f} MiB")
    totals = [sum(held.values()) for held in memory]
    parts = ", ".join(f"{name} {digits(held / _MIB)}" for name, held in memory[-1].items())
    return [
        Row(
            "P7",
            "make up, empty folder",
            {"s to ready": spread(seconds)},
            "",
            f"< {AIM_SECONDS:.0f} s",
            median(seconds) < AIM_SECONDS,
        ),
        Row(
            "P7",
            f"memory of all (PSS, MiB): {parts}",
            {"MiB": spread([total / _MIB for total in totals])},
            "",
            f"< {AIM_BYTES / 1e9} GB",
            median(totals) < AIM_BYTES,
        ),
    ]


@contextmanager
def _up(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A ready system on free ports, with everything that it makes in `folder`."""
    folder.mkdir(parents=True)
    said = folder / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.up"],
            cwd=CHECKOUT,
            env=_environment(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"make up ended: {said.read_text()[-400:]}")
        return "Ready after" in said.read_text()

    try:
        eventually_sync(ready, within=_READY_WITHIN)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _environment(folder: Path) -> dict[str, str]:
    names = ["MONGO", "KAFKA", "KAFKA_CONTROLLER", *(service.name.upper() for service in services())]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    kept = {name: value for name, value in os.environ.items() if name not in _GIVEN}
    chosen = {f"LIENGIA_PORT_{name}": str(port) for name, port in ports.items()}
    return kept | chosen | {"LIENGIA_LOCAL": str(folder / "local")}


def _memory(parent: int) -> dict[str, int]:
    """PSS by the name of the part; the process that watches over them counts, too."""
    held = {"up": proportional_bytes(parent)}
    for pid, command in children(parent).items():
        held[_name(command)] = proportional_bytes(pid)
    return held


def _name(command: str) -> str:
    for word, name in (("mongod", "mongod"), ("java", "Kafka"), ("services.", "")):
        if word in command:
            return name or command.split("services.")[1].split()[0]
    return command.split()[0]


def _total(held: dict[str, int]) -> float:
    return sum(held.values()) / _MIB
