"""The time of a real database, carried on by a process whose own clock is wrong, jumps, or both."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.database_clock import DatabaseClock
from shared.errors import Unavailable
from shared.mongo import Database, connect
from tests.support.stack import FreshDatabase

CLOSE = timedelta(seconds=2)


class Machine:
    """Its wall clock is `ahead` of the true time; its monotonic clock counts `passed` seconds."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead, self.passed = ahead, 1000.0

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def clock(self, database: Database) -> DatabaseClock:
        return DatabaseClock(database, monotonic=lambda: self.passed, wall=self.wall)


@pytest.fixture
async def database(fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    opened = connect(fresh_database.url, fresh_database.name)
    yield opened
    opened.client.close()


@pytest.mark.parametrize(
    "ahead", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
)
async def test_a_machine_that_is_far_off_tells_the_databases_time(
    database: Database, ahead: timedelta
) -> None:
    clock = Machine(ahead).clock(database)
    await clock.ask()
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE
    assert abs(timedelta(seconds=clock.off()) - ahead) < CLOSE


async def test_a_jump_of_the_machines_clock_moves_nothing_and_time_goes_on(database: Database) -> None:
    machine = Machine()
    clock = machine.clock(database)
    await clock.ask()
    before = clock.now()
    machine.ahead, machine.passed = timedelta(days=1), machine.passed + 5
    assert clock.now() == before + timedelta(seconds=5)
    assert clock.off() > timedelta(hours=23).total_seconds()


async def test_before_the_first_answer_it_can_only_be_the_machines_time() -> None:
    away = connect("mongodb://127.0.0.1:1/?replicaSet=liengia", "none")
    machine = Machine(timedelta(days=1))
    clock = machine.clock(away)
    with pytest.raises(Unavailable):
        await clock.ask()
    assert abs(clock.now() - machine.wall()) < CLOSE
    assert clock.off() == pytest.approx(0, abs=0.1)
    away.client.close()
