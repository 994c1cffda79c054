"""One system for the tests that hurt it. Each test leaves it as a system of which nothing was lost."""

from collections.abc import Iterator

import pytest

from tests.support.system import System


@pytest.fixture(scope="session")
def whole_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two replicas of every service on a mongod and a Kafka of their own."""
    running = System(tmp_path_factory.mktemp("system"))
    try:
        running.start_all()
        yield running
    finally:
        running.stop()


@pytest.fixture
def system(whole_system: System) -> System:
    """The system, with every part running and ready."""
    whole_system.heal()
    return whole_system
