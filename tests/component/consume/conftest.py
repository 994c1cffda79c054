"""The behaviour suite of consuming runs in both worlds."""

from collections.abc import AsyncIterator

import pytest

from tests.support.consume_real import RealWorld
from tests.support.consume_worlds import MemoryWorld, World


@pytest.fixture(params=["memory", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        made: World = MemoryWorld()
    else:
        kafka = request.getfixturevalue("kafka")
        database = request.getfixturevalue("fresh_database")
        made = await RealWorld(kafka.bootstrap, database.url, database.name).open()
    yield made
    await made.close()
