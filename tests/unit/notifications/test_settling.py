"""Attempts that end together are written together, and each hears of its own fate."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from services.notifications.domain.attempts import Answer, Outcome
from services.notifications.usecases.deliveries import Attempt, Delivery
from services.notifications.usecases.settling import Settled, Settling
from shared.errors import Unavailable
from tests.support.waiting import eventually


def settled(number: int) -> Settled:
    delivery = Delivery(f"msg_{number}", "whk_a", f"tip:{number}", "liengia.tip.received.v1", number, 0, "c")
    attempt = Attempt(
        webhook="whk_a",
        message=delivery.message,
        event=delivery.event,
        type=delivery.type,
        number=number,
        attempt=1,
        at=datetime(2026, 9, 14, tzinfo=UTC),
        outcome=Outcome.DELIVERED,
        answer=Answer(200),
        milliseconds=3,
    )
    return Settled(delivery, attempt, state="delivered")


class Kept:
    """Writes take as long as `go` is not set; `away` refuses them."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.noted: list[int] = []
        self.go = asyncio.Event()
        self.away = False

    async def settle(self, settled: Sequence[Settled]) -> None:
        self.groups.append([one.delivery.number for one in settled])
        await self.go.wait()
        if self.away:
            raise Unavailable("The database is away.")

    async def note(self, attempts: Sequence[Attempt]) -> None:
        self.noted += [one.number for one in attempts]


async def test_those_that_come_while_one_is_written_share_the_next_write() -> None:
    kept = Kept()
    settling = Settling(kept, kept)
    adding = [asyncio.create_task(settling.add(settled(number))) for number in range(5)]
    await asyncio.sleep(0)
    kept.go.set()
    await asyncio.gather(*adding)
    assert len(kept.groups) <= 2
    assert sorted(number for group in kept.groups for number in group) == list(range(5))
    assert sorted(kept.noted) == list(range(5))


async def test_everybody_of_a_group_that_was_not_written_hears_of_it() -> None:
    kept = Kept()
    settling = Settling(kept, kept)
    kept.away = True
    kept.go.set()
    outcomes = await asyncio.gather(*(settling.add(settled(n)) for n in range(4)), return_exceptions=True)
    assert [type(one) for one in outcomes] == [Unavailable] * 4
    kept.away = False
    await settling.add(settled(9))
    assert kept.noted == [9]


async def test_a_writer_that_is_cancelled_tells_nobody_that_it_wrote() -> None:
    kept = Kept()
    settling = Settling(kept, kept)
    first = asyncio.create_task(settling.add(settled(1)))
    await eventually(lambda: kept.groups)
    second = asyncio.create_task(settling.add(settled(2)))
    await asyncio.sleep(0)
    first.cancel()
    kept.go.set()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert kept.groups == [[1], [2]]
    assert kept.noted == [2]
