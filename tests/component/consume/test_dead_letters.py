"""Poison: given up with its original bytes, its neighbours processed, and replayable."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.consume import Facts, Rejected
from shared.consume.dead_letters import original_headers
from shared.consume.record import Record
from shared.errors import Unavailable
from shared.events import Event
from tests.support.consume_probe import SEEN, message, poisons, row
from tests.support.consume_worlds import DeadLetter, World
from tests.support.waiting import eventually


@pytest.mark.parametrize("reason", list(poisons()))
async def test_poison_in_the_middle_of_a_batch_costs_its_neighbours_nothing(
    world: World, reason: str
) -> None:
    poison = poisons()[reason]
    await world.publish([message("probe_a", 1), message("probe_b", 1), poison])
    await world.publish([message("probe_a", 2), message("probe_b", 2)])
    await world.start({SEEN: [Facts(world.facts, row)]})

    async def arrived() -> bool:
        return set(await world.rows()) == {"probe_a:1", "probe_a:2", "probe_b:1", "probe_b:2"}

    await eventually(arrived, within=20)
    await eventually(world.all_consumed)
    (letter,) = await world.dead_letters()
    assert letter.reason == reason
    assert (letter.key, letter.value) == (poison.key, poison.value)
    assert set(poison.headers) <= set(letter.headers)


async def test_a_fault_of_an_effect_costs_one_record_and_its_replay_takes_effect_once(world: World) -> None:
    broken = {"probe_b"}

    def sometimes(event: Event, record: Record) -> list[dict[str, Any]]:
        if event.subject in broken:
            raise ZeroDivisionError
        return row(event, record)

    await world.start({SEEN: [Facts(world.facts, sometimes)]})
    await world.publish([message(subject, 1) for subject in ("probe_a", "probe_b", "probe_c")])
    await eventually(world.dead_letters, within=20)
    assert [one.reason for one in await world.dead_letters()] == ["effect_failed"]
    broken.clear()
    assert await world.replay() == 1
    assert await world.replay() == 0, "what has been sent is remembered"

    async def arrived() -> bool:
        return set(await world.rows()) == {"probe_a:1", "probe_b:1", "probe_c:1"}

    await eventually(arrived, within=20)


async def test_a_record_two_effects_give_up_is_one_dead_letter(world: World) -> None:
    def fail(event: Event, record: Record) -> list[dict[str, Any]]:
        raise ZeroDivisionError

    await world.start({SEEN: [Facts(world.facts, fail), Facts(world.copies, fail)]})
    await world.publish([message("probe_a", 1)])
    await eventually(world.dead_letters, within=20)
    await eventually(world.all_consumed)
    assert len(await world.dead_letters()) == 1


async def test_poison_that_is_replayed_unchanged_comes_back_as_a_dead_letter(world: World) -> None:
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([poisons()["schema"]])
    await eventually(world.dead_letters, within=20)
    await world.replay()

    async def came_back() -> list[DeadLetter] | None:
        found = await world.dead_letters()
        return found if len(found) == 2 else None

    first, second = await eventually(came_back, within=20)
    assert original_headers(_as_record(first)) == original_headers(_as_record(second))


async def test_too_much_poison_in_a_minute_stops_the_consumer_until_it_is_restarted(world: World) -> None:
    stop = await world.start({SEEN: [Facts(world.facts, row)]}, poison_per_minute=3)
    await world.publish([poisons()["not_json"]] * 3)

    async def three() -> bool:
        return len(await world.dead_letters()) == 3

    await eventually(three, within=20)
    await world.publish([poisons()["not_json"], message("probe_a", 1)])
    await eventually(lambda: world.status()["state"] == "stopped", within=20)
    assert len(await world.dead_letters()) == 3
    assert not await world.all_consumed()
    await stop()
    await world.start({SEEN: [Facts(world.facts, row)]}, poison_per_minute=3)

    async def drained() -> bool:
        return len(await world.dead_letters()) == 4 and "probe_a:1" in await world.rows()

    await eventually(drained, within=30)


async def test_a_restart_passes_a_batch_that_holds_more_poison_than_the_limit(world: World) -> None:
    stop = await world.start({SEEN: [Facts(world.facts, row)]}, poison_per_minute=3)
    await world.publish([poisons()["not_json"]])
    await eventually(world.dead_letters, within=20)
    await world.publish([*[poisons()["not_json"]] * 8, message("probe_poison", 1)])
    await eventually(lambda: world.status()["state"] == "stopped", within=20)
    assert len(await world.dead_letters()) < 9
    await stop()
    await world.start({SEEN: [Facts(world.facts, row)]}, poison_per_minute=3)

    async def passed() -> bool:
        return len(await world.dead_letters()) == 9 and "probe_poison:1" in await world.rows()

    await eventually(passed, within=30)


async def test_a_topic_with_a_hook_for_rejects_leaves_nothing_on_a_topic(world: World) -> None:
    kept: list[Rejected] = []
    tries: list[str] = []

    async def seal(rejected: Rejected) -> bool:
        tries.append(rejected.reason)
        if len(tries) == 1:
            raise Unavailable("the sealed collection is away")
        kept.append(rejected)
        return True

    await world.start({SEEN: [Facts(world.facts, row)]}, {world.topic: seal}, poison_per_minute=0)
    await world.publish([poisons()["not_json"], message("probe_a", 1)])
    await eventually(lambda: kept, within=20)
    await eventually(world.all_consumed)
    assert [one.reason for one in kept] == ["not_json"]
    assert kept[0].record.value == poisons()["not_json"].value
    assert await world.dead_letters() == []


async def test_what_a_hook_does_not_keep_is_a_dead_letter(world: World) -> None:
    async def keep_none(rejected: Rejected) -> bool:
        return False

    await world.start({SEEN: [Facts(world.facts, row)]}, {world.topic: keep_none})
    await world.publish([poisons()["not_json"]])
    await eventually(world.dead_letters, within=20)
    assert [one.reason for one in await world.dead_letters()] == ["not_json"]


def _as_record(letter: DeadLetter) -> Record:
    return Record("", 0, 0, letter.key, letter.value, letter.headers, datetime.now(UTC))
