"""Two replicas of mediation as real processes, on a mongod and a Kafka of their own."""

from collections.abc import Iterator

import pytest

from tests.support.system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("mediation"))
    try:
        for _ in range(2):
            running.start("mediation")
        for replica in running.replicas:
            replica.wait_until_ready()
        yield running
    finally:
        running.stop()
