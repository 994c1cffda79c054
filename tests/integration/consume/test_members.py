"""Several members of one group: joining and leaving makes no second effect."""

from collections import Counter

from deploy.local.kafka import RunningKafka
from shared.consume import Facts, Reaction
from shared.consume.reading import Effects
from tests.support.consume_probe import SEEN, Desk, message, row
from tests.support.consume_worlds import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually


async def test_members_that_join_and_leave_make_no_second_effect(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name, partitions=4).open()
    desk = Desk()
    effects: Effects = {SEEN: [Facts(world.facts, row), Reaction(desk.apply)]}
    await world.start(effects)

    async def publish(sequence: int) -> None:
        await world.publish([message(f"probe_{n}", sequence) for n in range(100)])

    await publish(1)
    await eventually(lambda: len(desk.applied) == 100, within=20)
    leave = await world.start(effects)
    second = world.consumers[-1]
    for sequence in range(2, 6):
        await publish(sequence)
    await eventually(lambda: len(second.status()["lag"]) >= 2, within=30)
    await publish(6)
    await leave()
    await publish(7)
    await eventually(lambda: len(desk.applied) == 700, within=30)
    assert {key: count for key, count in Counter(desk.calls).items() if count > 1} == {}
    for subject in {one.split(":")[0] for one in desk.applied}:
        mine = [int(one.split(":")[1]) for one in desk.applied if one.split(":")[0] == subject]
        assert mine == [1, 2, 3, 4, 5, 6, 7]
    assert len(await world.rows()) == 700
    await world.close()
