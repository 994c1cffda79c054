"""Intake by group commit: everybody awaits their own outcome of a shared insert."""

import asyncio
from typing import Any

from shared.errors import Invalid, Unavailable
from shared.outbox import Outbox
from tests.component.outbox.faults import Call, FaultyStorage, Interference
from tests.component.outbox.probe import Counter, begin
from tests.component.outbox.relays import REPORTER, opened
from tests.component.outbox.world import World
from tests.support.waiting import eventually


async def test_concurrent_creates_share_bulk_inserts_and_each_gets_its_own(world: World) -> None:
    interference = Interference()
    outbox = await opened(FaultyStorage(world.storage(), interference))
    made = await asyncio.gather(*(outbox.create(f"c{n}", begin(text=str(n)), REPORTER) for n in range(200)))
    await outbox.close()
    assert [loaded.state.text for loaded, new in made if new] == [str(n) for n in range(200)]
    assert interference.calls["insert"] <= 5


async def test_a_lost_answer_of_the_insert_is_unavailable_for_the_whole_group_and_a_repeat_finds_it(
    world: World,
) -> None:
    interference = Interference()
    interference.after["insert"] = 1
    outbox = await opened(FaultyStorage(world.storage(), interference))
    first = await asyncio.gather(
        *(outbox.create(f"c{n}", begin(), REPORTER) for n in range(20)), return_exceptions=True
    )
    again = await asyncio.gather(*(outbox.create(f"c{n}", begin(), REPORTER) for n in range(20)))
    await outbox.close()
    assert all(isinstance(one, Unavailable) for one in first)
    assert [new for _, new in again] == [False] * 20


async def test_of_creates_with_one_id_at_once_one_wins_and_all_get_the_winner(world: World) -> None:
    replicas = [await opened(world.storage()) for _ in range(3)]
    made = await asyncio.gather(
        *(
            replicas[n % 3].create("c", begin(text=str(n)), REPORTER, extra={"print": str(n)})
            for n in range(30)
        )
    )
    for replica in replicas:
        await replica.close()
    winners = {loaded.state.text for loaded, new in made if new}
    assert len(winners) == 1
    assert {loaded.state.text for loaded, _ in made} == winners
    assert {loaded.extra["print"] for loaded, _ in made} == winners
    assert sum(new for _, new in made) == 1


async def test_cancelled_creates_hurt_nobody_in_their_group(outbox: Outbox[Counter]) -> None:
    tasks = [asyncio.create_task(outbox.create(f"c{n}", begin(), REPORTER)) for n in range(60)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(new for _, new in outcomes[1::2])  # type: ignore[misc]
    assert (await outbox.create("after", begin(), REPORTER))[1]


async def test_beyond_the_queue_a_create_is_told_to_come_back(world: World) -> None:
    release = asyncio.Event()

    async def hold(name: str, call: Call) -> Any:
        await release.wait()
        return await call()

    outbox = await opened(FaultyStorage(world.storage(), hold))
    tasks = [asyncio.create_task(outbox.create(f"c{n}", begin(), REPORTER)) for n in range(4_050)]
    await eventually(lambda: any(task.done() for task in tasks))
    release.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await outbox.close()
    refused = [one for one in outcomes if isinstance(one, Unavailable)]
    assert refused
    assert all(one.retry_after >= 1 for one in refused)
    assert len(refused) < len(outcomes)


async def test_an_input_that_cannot_be_stored_is_refused_alone(outbox: Outbox[Counter]) -> None:
    good, bad = await asyncio.gather(
        outbox.create("good", begin(), REPORTER),
        outbox.create("bad", begin(text="\ud800"), REPORTER),
        return_exceptions=True,
    )
    assert isinstance(bad, Invalid)
    assert not isinstance(good, BaseException)
