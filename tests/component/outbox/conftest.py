from collections.abc import AsyncIterator

import pytest

from tests.component.outbox.world import MemoryWorld, RealWorld, World


@pytest.fixture(params=["memory", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Every test of the suite runs in both worlds."""
    if request.param == "memory":
        yield MemoryWorld()
        return
    database = request.getfixturevalue("fresh_database")
    real = RealWorld(database.url, database.name, request.getfixturevalue("kafka").bootstrap)
    await real.open()
    yield real
    await real.close()
