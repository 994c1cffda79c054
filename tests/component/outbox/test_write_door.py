"""The write door: state, history, dedupe record and events in one write, whatever fails around it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.decision import Decision, Noted
from shared.errors import Conflict, Invalid, NotFound, TooLarge, VersionMismatch
from shared.outbox import Caps, Cause, Outbox, verify
from tests.component.outbox.faults import Call, FaultyStorage, Interference
from tests.component.outbox.probe import Counter, begin, counters, refuse, step, two_steps
from tests.component.outbox.relays import REPORTER, opened
from tests.component.outbox.world import World


async def stored(world: World, id: str) -> dict[str, Any]:
    document = await world.storage().aggregates("counters").load(id)
    assert document is not None
    return dict(document)


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


async def test_a_full_history_takes_no_more_messages_but_still_transitions(world: World) -> None:
    caps = Caps(entries=5, reserved_entries=2)
    outbox = counters(world.storage(), SystemClock(), caps=caps)
    await outbox.open()
    await outbox.create("c", begin(), REPORTER)

    def move(status: str) -> Callable[[Counter, datetime], Decision[Counter]]:
        return lambda state, now: Decision(replace(state, status=status), noted=(Noted(status),))

    for _ in range(4):
        await outbox.update("c", step, REPORTER)
    with pytest.raises(Conflict) as refusal:
        await outbox.update("c", step, REPORTER)
    assert refusal.value.code == "history_full"
    await outbox.update("c", move("resolved"), Cause("officer:1"))
    await outbox.update("c", move("closed"), Cause("officer:1"))
    assert verify((await outbox.get("c")).timeline)
    await outbox.close()


async def test_what_a_deposed_primary_still_believes_refuses_nobody(world: World) -> None:
    sound = await opened(world.storage())
    await sound.create("c", begin(), REPORTER)
    before = await stored(world, "c")
    await sound.update("c", step, REPORTER)

    def answering(stale: dict[str, Any] | None) -> FaultyStorage:
        async def around(name: str, call: Call) -> Any:
            return stale if name == "load" else await call()

        return FaultyStorage(world.storage(), around)

    def only_after_one(counter: Counter, now: datetime) -> Decision[Counter]:
        if counter.count < 1:
            raise Conflict("not yet")
        return step(counter, now)

    knows_nothing, knows_the_past = await opened(answering(None)), await opened(answering(before))
    assert (await knows_nothing.get("c")).version == 2
    assert (await knows_the_past.update("c", step, REPORTER, if_version=2)).version == 3
    assert (await knows_the_past.update("c", only_after_one, REPORTER)).version == 4
    assert (await knows_nothing.update("c", step, REPORTER)).version == 5
    with pytest.raises(VersionMismatch):
        await knows_the_past.update("c", step, REPORTER, if_version=2)
    with pytest.raises(NotFound):
        await knows_nothing.get("nobody")
    for outbox in (sound, knows_nothing, knows_the_past):
        await outbox.close()
