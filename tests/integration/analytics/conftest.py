"""Analytics as a real process, once for all tests here, on a mongod and a Kafka of its own."""

from collections.abc import Iterator

import pytest

from tests.support.system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("analytics"))
    try:
        system.start("analytics").wait_until_ready()
        yield system
    finally:
        system.stop()
