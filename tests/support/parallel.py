"""Runs in several processes (`-n`): one mongod and one Kafka for all of them, and tests that share a system
kept together.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local import kafka as local_kafka
from deploy.local import mongod as local_mongod
from deploy.local.mongo_users import MongoUsers
from deploy.local.ports import free_ports

_SERVICES: Final = ("tips", "mediation", "notifications", "analytics")
# Folders whose tests share a system of real processes; elsewhere each file is on its own.
_TOGETHER: Final = ("tests/e2e", *(f"tests/integration/{name}" for name in _SERVICES))


class Leader:
    """The process that hands tests out; it starts the parts when the first worker is made."""

    def __init__(self) -> None:
        self._stops: list[Callable[[], None]] = []
        self._given: dict[str, str] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if not self._given:
            self._start()
        node.workerinput.update(self._given)

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="tests-"))
        mongo_port, *kafka_ports = free_ports(3)
        with ThreadPoolExecutor() as both:
            mongo = both.submit(local_mongod.start, folder / "mongo", mongo_port)
            kafka = both.submit(local_kafka.start, folder / "kafka", *kafka_ports)
        self._stops = [mongo.result().stop, kafka.result().stop, lambda: shutil.rmtree(folder)]
        self._given = {
            "mongo_port": str(mongo_port),
            "mongo_passwords": str(folder / "mongo" / "passwords.json"),
            "kafka": kafka.result().bootstrap,
        }

    def pytest_unconfigure(self) -> None:
        for stop in self._stops:
            stop()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Leader(), "leader")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files, and whole folders of `_TOGETHER`: their system starts once, in one worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in _TOGETHER if file.startswith(folder + "/")), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def given_kafka(config: pytest.Config) -> str | None:
    """The leader's broker; None in a run of one process."""
    handed: Mapping[str, str] = getattr(config, "workerinput", {})
    return handed.get("kafka")


def given_mongo(config: pytest.Config, folder: Path) -> MongoUsers | None:
    """The leader's mongod, its passwords copied: two workers would overwrite each other's."""
    handed: Mapping[str, str] = getattr(config, "workerinput", {})
    if "mongo_port" not in handed:
        return None
    passwords = folder / "passwords.json"
    shutil.copy(handed["mongo_passwords"], passwords)
    return MongoUsers([int(handed["mongo_port"])], passwords)
