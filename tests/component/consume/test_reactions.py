"""Reactions: in order per key, once; parked while they cannot be applied, never lost."""

from prometheus_client import REGISTRY

from shared.consume import Reaction
from shared.errors import Conflict, Poison, Unavailable
from shared.events import Event
from tests.support.consume_probe import SEEN, Desk, Gate, message
from tests.support.consume_worlds import World
from tests.support.waiting import eventually


async def test_a_redelivered_event_is_reacted_to_once(world: World) -> None:
    desk = Desk()
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1), message("probe_a", 1), message("probe_a", 2)])
    await eventually(lambda: "probe_a:2" in desk.applied, within=20)
    assert desk.applied == ["probe_a:1", "probe_a:2"]


async def test_a_parked_head_holds_its_followers_and_then_all_are_applied_in_order(world: World) -> None:
    gate = Gate({"probe_a"})
    desk = Desk(gate)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", number) for number in (1, 2, 3)])
    await world.publish([message("probe_b", 1)])

    async def parked() -> bool:
        return await world.parked() == {"keys": 1, "events": 3} and desk.applied == ["probe_b:1"]

    await eventually(parked, within=20)
    await eventually(world.all_consumed)
    assert "probe_a:2" not in desk.calls, "a follower is not tried before its head"
    gate.closed.clear()
    await eventually(lambda: len(desk.applied) == 4, within=20)
    assert desk.applied[1:] == ["probe_a:1", "probe_a:2", "probe_a:3"]

    async def empty() -> bool:
        return await world.parked() == {"keys": 0, "events": 0}

    await eventually(empty)


async def test_an_event_that_comes_while_its_key_is_parked_waits_behind(world: World) -> None:
    gate = Gate({"probe_a"})
    desk = Desk(gate)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1)])

    async def holds(events: int) -> bool:
        return (await world.parked())["events"] == events

    await eventually(lambda: holds(1), within=20)
    await world.publish([message("probe_a", 2)])
    await eventually(lambda: holds(2), within=20)
    gate.closed.clear()
    await eventually(lambda: desk.applied == ["probe_a:1", "probe_a:2"], within=20)


async def test_a_reaction_that_always_fails_is_parked_until_an_operator_skips_it(world: World) -> None:
    async def fail(event: Event) -> None:
        if event.id == "probe_a:1":
            raise KeyError(event.id)

    desk = Desk(fail)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1), message("probe_a", 2)])

    async def parked() -> bool:
        return await world.parked() == {"keys": 1, "events": 2}

    await eventually(parked, within=20)
    await eventually(lambda: desk.calls.count("probe_a:1") >= 2, within=20)
    assert await world.dead_letters() == []
    assert await world.skip("probe_a")
    await eventually(lambda: desk.applied == ["probe_a:2"], within=20)
    (letter,) = await world.dead_letters()
    assert letter.reason == "skipped"
    assert not await world.skip("probe_of_nobody")


async def test_what_an_operator_skips_is_no_poison_and_stops_nothing(world: World) -> None:
    async def fail(event: Event) -> None:
        raise KeyError(event.id)

    keys = [f"probe_{number}" for number in range(4)]
    await world.start({SEEN: [Reaction(Desk(fail).apply)]}, poison_per_minute=2)
    await world.publish([message(key, 1) for key in keys])

    async def parked() -> bool:
        return (await world.parked())["keys"] == 4

    await eventually(parked, within=20)
    for key in keys:
        assert await world.skip(key)

    async def given_up() -> bool:
        return [one.reason for one in await world.dead_letters()] == ["skipped"] * 4

    await eventually(given_up, within=20)
    assert world.status()["state"] == "running"


async def test_a_refusal_is_acknowledged(world: World) -> None:
    async def refuse(event: Event) -> None:
        raise Conflict("not in this state")

    desk = Desk(refuse)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1)])
    await eventually(lambda: desk.calls, within=20)
    await eventually(world.all_consumed)
    assert desk.calls == ["probe_a:1"]
    assert await world.dead_letters() == []
    assert await world.parked() == {"keys": 0, "events": 0}


async def test_while_a_part_is_away_the_batch_comes_again_and_nothing_is_given_up(world: World) -> None:
    tries: list[str] = []

    async def away(event: Event) -> None:
        tries.append(event.id)
        if len(tries) <= 4:
            raise Unavailable("the database does not answer")

    desk = Desk(away)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1), message("probe_a", 2)])
    await eventually(lambda: desk.applied == ["probe_a:1", "probe_a:2"], within=20)
    assert await world.dead_letters() == []
    assert await world.parked() == {"keys": 0, "events": 0}


async def test_poison_found_by_a_reaction_is_given_up_and_the_key_goes_on(world: World) -> None:
    async def unreadable(event: Event) -> None:
        if event.sequence == 1:
            raise Poison("cannot be opened", code="not_opened")

    desk = Desk(unreadable)
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1), message("probe_a", 2)])
    await eventually(lambda: desk.applied == ["probe_a:2"], within=20)
    (letter,) = await world.dead_letters()
    assert letter.reason == "not_opened"
    counted = {"group": world.group, "effect_result": "dead_lettered"}
    assert REGISTRY.get_sample_value("liengia_consumer_events_total", counted) == 1


async def test_a_submission_without_a_sequence_is_reacted_to(world: World) -> None:
    desk = Desk()
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", None)])
    await eventually(lambda: desk.calls == ["probe_a:None"], within=20)
