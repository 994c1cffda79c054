"""`make up` as a person meets it: ready, stopped by Ctrl-C, one clear sentence when something is wrong."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import HOST, free_ports
from tests.support.waiting import eventually_sync

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = ("TIPS", "MEDIATION", "NOTIFICATIONS", "ANALYTICS")
PORTS = ("MONGO", "KAFKA", "KAFKA_CONTROLLER", *SERVICES)
READY_WITHIN = 120.0  # on a machine that runs other things too; alone it takes under 15
GIVEN = ("MAKELEVEL", "MONGO_URL", "KAFKA_BOOTSTRAP_SERVERS")

pytestmark = pytest.mark.timeout(480)


@dataclass
class Up:
    """A running `python -m deploy.local.up` on ports and data of its own."""

    process: "subprocess.Popen[bytes]"
    env: dict[str, str]
    ports: dict[str, int]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "[6/6] Ready" in self.said()

    def children(self) -> dict[int, str]:
        """Command lines of the processes it started, by pid."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                command = (status.parent / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid:
                found[int(status.parent.name)] = command
        return found

    def nobody_listens(self) -> bool:
        return not any(_listening(port) for port in self.ports.values())


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


class Machine:
    """One folder and one set of ports, on which `make up` is started as often as tests need it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.started: list[Up] = []

    @property
    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in GIVEN}
        chosen = {f"LIENGIA_PORT_{name}": str(port) for name, port in self.ports.items()}
        return kept | chosen | {"LIENGIA_LOCAL": str(self.folder / "local")}

    def start(self) -> Up:
        output = self.folder / f"up-{len(self.started)}.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.up"],
                cwd=CHECKOUT,
                env=self.env,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.started.append(Up(process, self.env, self.ports, output))
        return self.started[-1]

    def running(self) -> Up:
        """A ready one: what an earlier test left running, else a fresh start on the same data."""
        if not self.started or self.started[-1].process.poll() is not None:
            self.start()
        eventually_sync(self.started[-1].is_ready, within=READY_WITHIN)
        return self.started[-1]

    def stop(self) -> None:
        for one in self.started:
            one.process.terminate()
            one.process.wait(60)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Shared by this file's tests, since a start takes seconds; each leaves it running or stopped."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    yield made
    made.stop()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Machine]:
    """Another folder, other ports."""
    made = Machine(tmp_path)
    yield made
    made.stop()


def test_ctrl_c_stops_everything_and_a_second_start_finds_the_data(machine: Machine) -> None:
    first = machine.running()
    for name in SERVICES:
        assert httpx.get(f"http://{HOST}:{first.ports[name]}/readyz", trust_env=False).status_code == 200
    secrets = first.output.parent / "local" / "secrets"
    known = {file.name: file.read_text() for file in secrets.iterdir()}
    assert {file.stat().st_mode & 0o777 for file in secrets.iterdir()} == {0o600}
    assert first.children()
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    assert first.nobody_listens()

    machine.running()
    assert {file.name: file.read_text() for file in secrets.iterdir()} == known


def test_the_demo_plays_to_its_end_and_may_be_played_again(machine: Machine) -> None:
    running = machine.running()
    for _ in range(2):
        done = demo(running.env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "the same tip and the same receipt code" in done.stdout
        assert "out_of_mediation_scope" in done.stdout
        assert "Vụ việc đã được chuyển sang hòa giải ở cơ sở." in done.stdout
        assert "mediator_conflict_of_interest" in done.stdout
        assert "reply         Các bên đã hòa giải thành ở cơ sở" in done.stdout
        assert "author_cannot_approve" in done.stdout
        assert "4: liengia.alert.issued.v1, signature verified" in done.stdout
        assert "public        Mưa lớn" in done.stdout
        assert "41 figures reported" in done.stdout
    statistics = f"http://{HOST}:{running.ports['ANALYTICS']}/statistics?limit=200"
    assert len(httpx.get(statistics, trust_env=False).json()["items"]) == 41


def test_the_demo_says_what_to_do_when_nothing_runs(other: Machine) -> None:
    done = demo(other.env)
    assert done.returncode == 1
    assert "run make up in another terminal" in done.stderr
    assert "Traceback" not in done.stderr


def demo(env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.local.demo"]
    return subprocess.run(command, cwd=CHECKOUT, env=dict(env), capture_output=True, text=True, check=False)


def test_a_second_one_on_the_same_data_is_told_so_and_does_no_harm(machine: Machine, other: Machine) -> None:
    first = machine.running()
    second = start_to_its_end(other.env | {"LIENGIA_LOCAL": first.env["LIENGIA_LOCAL"]})
    assert second.returncode == 1
    assert "Another make up runs on the data in" in second.stderr
    assert first.is_ready()
    assert first.said().count("Ready after") == 1


def test_a_port_asked_for_twice_is_named(other: Machine) -> None:
    ports = other.ports
    done = start_to_its_end(other.env | {"LIENGIA_PORT_ANALYTICS": str(ports["TIPS"])})
    assert done.returncode == 1
    assert f"tips and analytics are both to have port {ports['TIPS']}" in done.stderr
    assert "LIENGIA_PORT_ANALYTICS=<port>" in done.stderr


def start_to_its_end(env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.local.up"]
    return subprocess.run(
        command, cwd=CHECKOUT, env=dict(env), capture_output=True, text=True, check=False, timeout=90
    )


def test_a_dead_child_is_named_and_takes_everything_down(machine: Machine) -> None:
    running = machine.running()
    victim = next(pid for pid, command in running.children().items() if "services.tips" in command)
    os.kill(victim, signal.SIGKILL)
    assert running.process.wait(60) == 1
    assert "tips was ended by SIGKILL" in running.said()
    assert "tips.log" in running.said()
    assert running.nobody_listens()


def test_nothing_outlives_a_killed_parent(machine: Machine) -> None:
    running = machine.running()
    running.process.kill()
    eventually_sync(running.nobody_listens, within=5)


def test_a_taken_port_is_named_before_anything_starts(other: Machine) -> None:
    ports = other.ports
    with socket.socket() as taken:
        taken.bind((HOST, ports["TIPS"]))
        taken.listen()
        refused = other.start()
        assert refused.process.wait(30) == 1
    assert f"Port {ports['TIPS']} (tips) is in use" in refused.said()
    assert "LIENGIA_PORT_TIPS=" in refused.said()
    assert "[2/6]" not in refused.said()
