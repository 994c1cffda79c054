"""The write door: state, history, dedupe record and events in one write, whatever fails around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.decision import Decision, Noted
from shared.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable, VersionMismatch
from shared.outbox import Cause, Outbox, Storage, verify
from tests.component.outbox.probe import Counter, begin, counters, refuse, step, two_steps
from tests.component.outbox.world import FaultyStorage, World
from tests.support.waiting import eventually

REPORTER = Cause("reporter")
Call = Callable[[], Awaitable[Any]]


@pytest.fixture
async def outbox(world: World) -> AsyncIterator[Outbox[Counter]]:
    outbox = counters(world.storage(), SystemClock())
    await outbox.prepare()
    await outbox.open()
    yield outbox
    await outbox.close()


async def opened(storage: Storage) -> Outbox[Counter]:
    outbox = counters(storage, SystemClock())
    await outbox.open()
    return outbox


async def stored(world: World, id: str) -> dict[str, Any]:
    document = await world.storage().aggregates("counters").load(id)
    assert document is not None
    return dict(document)


class Interference:
    """Counts the calls of each kind; `before` and `after` hold how many of a kind fail then."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.after: dict[str, int] = {}

    async def __call__(self, name: str, call: Call) -> Any:
        self.calls[name] = self.calls.get(name, 0) + 1
        self._fail(self.before, name)
        answer = await call()
        self._fail(self.after, name)
        return answer

    def _fail(self, plan: dict[str, int], name: str) -> None:
        if plan.get(name, 0) > 0:
            plan[name] -= 1
            raise Unavailable("away")


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


async def test_updates_at_once_all_take_effect_and_sequences_have_no_gap(world: World) -> None:
    replicas = [await opened(world.storage()) for _ in range(2)]
    await replicas[0].create("c", begin(), REPORTER)
    await asyncio.gather(
        *(replicas[n % 2].update("c", two_steps if n % 3 else step, REPORTER) for n in range(24))
    )
    loaded = await replicas[0].get("c")
    document = await stored(world, "c")
    assert loaded.state.count == 24
    assert loaded.version == 25
    assert [entry["sequence"] for entry in document["pending"]] == list(range(1, loaded.sequence + 1))
    assert loaded.sequence == 1 + 8 + 32
    assert verify(loaded.timeline)
    for replica in replicas:
        await replica.close()


async def test_an_update_whose_answer_was_lost_is_applied_once(world: World) -> None:
    interference = Interference()
    outbox = await opened(FaultyStorage(world.storage(), interference))
    await outbox.create("c", begin(), REPORTER)
    interference.after["apply"] = 1
    after = await outbox.update("c", step, REPORTER, if_version=1)
    await outbox.close()
    assert (after.version, after.state.count) == (2, 1)
    assert interference.calls["apply"] == 1
    assert (await outbox.get("c")).state.count == 1


async def test_an_update_that_never_arrived_is_sent_again(world: World) -> None:
    interference = Interference()
    outbox = await opened(FaultyStorage(world.storage(), interference))
    await outbox.create("c", begin(), REPORTER)
    interference.before["apply"] = 2
    after = await outbox.update("c", step, REPORTER)
    await outbox.close()
    assert (after.version, after.state.count) == (2, 1)


async def test_a_stale_version_is_told_and_nothing_is_written(outbox: Outbox[Counter]) -> None:
    await outbox.create("c", begin(), REPORTER)
    await outbox.update("c", step, REPORTER, if_version=1)
    with pytest.raises(VersionMismatch):
        await outbox.update("c", step, REPORTER, if_version=1)
    assert (await outbox.get("c")).version == 2


async def test_what_is_not_there_is_not_found(outbox: Outbox[Counter]) -> None:
    with pytest.raises(NotFound):
        await outbox.get("nowhere")
    with pytest.raises(NotFound):
        await outbox.update("nowhere", step, REPORTER)


async def test_an_event_seen_before_has_no_second_effect(outbox: Outbox[Counter]) -> None:
    await outbox.create("c", begin(), REPORTER)
    for sequence in (3, 3, 2, 4, 1):
        await outbox.update("c", step, Cause("event:x", seen=("case_1.$a%", sequence)))
    loaded = await outbox.get("c")
    assert loaded.state.count == 2
    assert loaded.sequence == 3


async def test_a_refused_reaction_is_written_down_and_not_tried_again(outbox: Outbox[Counter]) -> None:
    await outbox.create("c", begin(), REPORTER)
    cause = Cause("event:x", seen=("case_1", 1))
    refused = await outbox.update("c", refuse, cause)
    await outbox.update("c", step, cause)
    assert refused.timeline[-1].what == "refused"
    assert (await outbox.get("c")).state.count == 0
    with pytest.raises(Conflict):
        await outbox.update("c", refuse, REPORTER)


@pytest.mark.parametrize("text", ["$set", "$count", '{"$set": {"count": 9}}', "a.b\0$where"])
async def test_a_hostile_text_is_only_a_text(outbox: Outbox[Counter], text: str) -> None:
    await outbox.create("c", begin(text=text), REPORTER)

    def say(state: Counter, now: datetime) -> Decision[Counter]:
        said = Noted("said", {"text": text})
        return Decision(replace(state, text=text + text), noted=(said,))

    await outbox.update("c", say, REPORTER)
    loaded = await outbox.get("c")
    assert loaded.state.text == text + text
    assert loaded.state.count == 0
    assert loaded.timeline[-1].payload == {"text": text}


@pytest.mark.parametrize("name", ["$set", "a.b", "count.$inc", "nul\0"])
async def test_a_hostile_field_name_is_refused_and_not_repeated(outbox: Outbox[Counter], name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await outbox.create("c", begin(), REPORTER, extra={"answers": {name: 1}})
    assert name not in str(refusal.value.faults)
    with pytest.raises(NotFound):
        await outbox.get("c")


async def test_an_event_over_its_size_is_refused_before_anything_is_written(outbox: Outbox[Counter]) -> None:
    await outbox.create("c", begin(), REPORTER)

    def shout(state: Counter, now: datetime) -> Decision[Counter]:
        decision = step(state, now)
        return replace(decision, happened=(replace(decision.happened[0], facts={"filler": "x" * 262_144}),))

    with pytest.raises(TooLarge):
        await outbox.update("c", shout, REPORTER)
    assert (await outbox.get("c")).version == 1


async def test_what_is_returned_equals_what_is_read(outbox: Outbox[Counter]) -> None:
    created, _ = await outbox.create("c", begin(), REPORTER, extra={"print": "p"})
    assert created == await outbox.get("c")
    assert await outbox.update("c", step, REPORTER) == await outbox.get("c")


async def test_a_decision_that_changes_nothing_writes_nothing(outbox: Outbox[Counter]) -> None:
    await outbox.create("c", begin(), REPORTER)
    await outbox.update("c", lambda state, now: Decision(state), REPORTER)
    assert (await outbox.get("c")).version == 1


async def test_an_erased_history_still_verifies_and_holds_no_payload(
    outbox: Outbox[Counter], world: World
) -> None:
    secret = {"text": "marked-secret", "raw": b"\x00\xff"}

    def confide(state: Counter, now: datetime) -> Decision[Counter]:
        return Decision(state, noted=(Noted("said", {**secret, "at": now}),))

    await outbox.create("c", begin(), REPORTER)
    before = await outbox.update("c", confide, REPORTER)
    assert verify(before.timeline)
    assert verify((await outbox.get("c")).timeline)
    await outbox.update("c", step, REPORTER, erase_history=True)
    after = await outbox.get("c")
    assert verify(after.timeline)
    assert [entry.hash for entry in after.timeline[:2]] == [entry.hash for entry in before.timeline]
    assert "marked-secret" not in repr(await stored(world, "c"))
    forged = (replace(after.timeline[0], actor="officer:2"), *after.timeline[1:])
    assert not verify(forged)
