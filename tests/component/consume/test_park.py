"""The park: which event of a key is next, and when, on the fake and in MongoDB."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.consume.mongo_park import MongoPark
from shared.consume.record import Record
from shared.consume.store import Parked, ParkStore
from shared.mongo import connect
from tests.support.memory_consume import MemoryPark

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)


@pytest.fixture(params=["memory", "real"])
def park(request: pytest.FixtureRequest) -> Iterator[ParkStore]:
    if request.param == "memory":
        yield MemoryPark()
        return
    fresh = request.getfixturevalue("fresh_database")
    database = connect(fresh.url, fresh.name)
    yield MongoPark(database, "probe")
    database.client.close()


def event(key: str, sequence: int, offset: int = 0) -> Parked:
    record = Record("probe.v1", 0, offset, key.encode(), b"{}", (), NOW)
    return Parked(
        f"probe|{key}:{sequence}", key, (sequence, "probe.v1", 0, offset), record, "not_yet", since=NOW
    )


async def test_events_of_a_key_are_next_in_their_order_however_they_were_parked(park: ParkStore) -> None:
    for offset, sequence in enumerate((7, 12, 3, 100)):
        await park.park(event("a", sequence, offset))
    order = []
    while (head := await park.claim(NOW, 30)) is not None:
        order.append(head.order[0])
        await park.remove(head)
    assert order == [3, 7, 12, 100]


async def test_what_waits_behind_a_deferred_head_is_not_due_before_it(park: ParkStore) -> None:
    for one in (event("a", 1), event("a", 2), event("b", 1)):
        await park.park(one)
    for _ in range(2):
        head = await park.claim(NOW, 5)
        assert head is not None
        assert head.order[0] == 1
        await park.defer(head, "not_yet", LATER)
    await park.park(event("a", 3))
    assert await park.claim(NOW, 5) is None
    heads = [await park.claim(LATER, 5), await park.claim(LATER, 5)]
    assert sorted((one.key, one.order[0]) for one in heads if one) == [("a", 1), ("b", 1)]


async def test_what_waits_behind_a_head_given_up_is_due_at_once(park: ParkStore) -> None:
    await park.park(event("a", 1))
    await park.park(event("a", 2))
    head = await park.claim(NOW, 5)
    assert head is not None
    await park.defer(head, "not_yet", LATER)
    assert await park.claim(NOW, 5) is None
    await park.remove(head)
    following = await park.claim(NOW, 5)
    assert following is not None
    assert following.order[0] == 2


async def test_a_claimed_key_is_left_to_its_holder_and_the_next_key_is_given(park: ParkStore) -> None:
    for one in (event("a", 1), event("a", 2), event("b", 1)):
        await park.park(one)
    first, second = await park.claim(NOW, 5), await park.claim(NOW, 5)
    assert first is not None
    assert second is not None
    assert {first.key, second.key} == {"a", "b"}
    assert await park.claim(NOW, 5) is None
    again = {await _key(park), await _key(park)}
    assert again == {"a", "b"}, "a holder that died is replaced"


async def _key(park: ParkStore) -> str | None:
    claimed = await park.claim(NOW + timedelta(seconds=5), 5)
    return claimed.key if claimed else None
