"""Several members of one group: joining and leaving makes no second effect."""

import asyncio
from collections import Counter

from deploy.local.kafka import RunningKafka
from shared.consume import Facts, Reaction
from shared.consume.reading import Effects
from shared.events import Event
from tests.support.consume_probe import SEEN, Desk, Gate, message, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually

KEYS, SEQUENCES = 150, 6


async def take_a_while(event: Event) -> None:
    """A batch then takes seconds, so that members join and leave under a batch in hand."""
    await asyncio.sleep(0.08)


async def test_members_that_join_and_leave_make_no_second_effect(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name, partitions=4).open()
    desk = Desk(take_a_while)
    effects: Effects = {SEEN: [Facts(world.facts, row), Reaction(desk.apply)]}
    half = SEQUENCES // 2
    await world.publish([message(f"probe_{n}", s) for s in range(1, half + 1) for n in range(KEYS)])
    await world.start(effects)
    await eventually(lambda: len(desk.calls) > KEYS // 2, within=20)
    leave = await world.start(effects)
    second = world.consumers[-1]
    await eventually(lambda: len(second.status()["lag"]) >= 2, within=30)
    already = len(desk.calls)
    await world.publish(
        [message(f"probe_{n}", s) for s in range(half + 1, SEQUENCES + 1) for n in range(KEYS)]
    )
    await eventually(lambda: len(desk.calls) > already + KEYS // 2, within=20)
    await leave()
    await eventually(lambda: len(desk.applied) == KEYS * SEQUENCES, within=40)
    assert {key: count for key, count in Counter(desk.calls).items() if count > 1} == {}
    in_order = {f"probe_{n}": list(range(1, SEQUENCES + 1)) for n in range(KEYS)}
    seen: dict[str, list[int]] = {}
    for one in desk.applied:
        subject, sequence = one.split(":")
        seen.setdefault(subject, []).append(int(sequence))
    assert seen == in_order
    assert len(await world.rows()) == KEYS * SEQUENCES
    await world.close()


async def test_two_members_try_a_parked_key_in_turn_and_apply_it_once(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name).open()
    gate = Gate({"probe_a"})
    desk = Desk(gate)
    for _ in range(2):
        await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", number) for number in range(1, 21)])

    async def all_parked() -> bool:
        return (await world.parked())["events"] == 20

    await eventually(all_parked, within=30)
    gate.closed.clear()
    await eventually(lambda: len(desk.applied) == 20, within=30)
    assert desk.applied == [f"probe_a:{number}" for number in range(1, 21)]
    followers = Counter(one for one in desk.calls if one != "probe_a:1")
    assert set(followers.values()) == {1}
    await world.close()
