"""Tips as a real process on its own mongod and Kafka, started once for these tests."""

from collections.abc import Iterator

import pytest

from tests.support.system import Replica, System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("system"))
    yield running
    running.stop()


@pytest.fixture(scope="package")
def tips(system: System) -> Replica:
    replica = system.start("tips", TIPS_LEDGER_SECONDS="1")
    replica.wait_until_ready()
    return replica
