"""A supervised task is run again whenever it ends, until it is cancelled."""

import asyncio
import logging

import pytest

from shared.web import supervise, supervised
from tests.support.waiting import eventually


async def test_a_task_that_fails_or_returns_is_run_again(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ConnectionError("127.0.0.1:9092 refused")
        if runs > 2:
            await asyncio.Event().wait()

    with caplog.at_level(logging.ERROR):
        task = supervise("relay", work, service="tips", first_pause=0.01)
        await eventually(lambda: runs == 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [record.message for record in caplog.records] == [
        "a supervised task failed",
        "a supervised task returned",
    ]


async def test_leaving_the_block_ends_every_task() -> None:
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)

    async with supervised("tips", relay=lambda: work("relay"), consumer=lambda: work("consumer")):
        await asyncio.sleep(0)
    assert sorted(ended) == ["consumer", "relay"]
