from collections.abc import AsyncIterator

import pytest

from shared.clock import SystemClock
from shared.outbox import Outbox
from tests.component.outbox.probe import Counter, counters
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


@pytest.fixture
async def outbox(world: World) -> AsyncIterator[Outbox[Counter]]:
    """Indexed, and open for creates."""
    outbox = counters(world.storage(), SystemClock(), topic=world.topic)
    await outbox.prepare()
    await outbox.open()
    yield outbox
    await outbox.close()
