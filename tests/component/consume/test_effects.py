"""Facts and projections: no effect beyond the first, whatever the order."""

import asyncio
from typing import Any

from prometheus_client import REGISTRY

from shared.consume import Facts, Projection, Record
from shared.events import Event
from tests.support.consume_probe import OF_NOBODY, SEEN, copy, message, row
from tests.support.consume_worlds import World
from tests.support.waiting import eventually, in_time


async def test_an_event_delivered_twice_leaves_one_fact(world: World) -> None:
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", 1), message("probe_a", 1), message("probe_b", 1)])
    await world.publish([message("probe_a", 1), message("probe_z", 1)])

    async def arrived() -> bool:
        return set(await world.rows()) == {"probe_a:1", "probe_b:1", "probe_z:1"}

    await eventually(arrived, within=20)
    assert await world.dead_letters() == []


async def test_a_fact_keeps_where_its_event_stood_and_a_repeat_moves_nothing(
    world: World,
) -> None:
    def places(event: Event, record: Record) -> list[dict[str, Any]]:
        return [{"cluster": record.cluster, "place": record.place}]

    await world.start({SEEN: [Facts(world.facts, places)]})
    await world.publish([message("probe_a", 1), message("probe_a", 2), message("probe_a", 1)])

    async def arrived() -> bool:
        return len(await world.rows()) == 2

    await eventually(arrived, within=20)
    await eventually(world.all_consumed)
    rows = await world.rows()
    first, second = rows["probe_a:1"], rows["probe_a:2"]
    assert [one["place"].rsplit("/", 1)[1] for one in (first, second)] == ["0", "1"]
    assert first["place"].startswith(f"{world.topic}/")
    assert first["cluster"] == second["cluster"] != ""


async def test_a_projection_keeps_the_newest_whatever_the_order(world: World) -> None:
    await world.start({SEEN: [Projection(world.copies, copy)]})
    await world.publish([message("probe_a", 3, count=30), message("probe_a", 1, count=10)])
    await world.publish([message("probe_a", 2, count=20), message("probe_b", 1, count=1)])

    async def arrived() -> bool:
        copies = await world.copied()
        return copies.get("probe_a", {}).get("count") == 30 and "probe_b" in copies

    await eventually(arrived, within=20)
    assert (await world.copied())["probe_a"]["sequence"] == 3


async def test_an_erased_copy_is_not_brought_back_by_an_older_event(world: World) -> None:
    await world.start({SEEN: [Projection(world.copies, copy)]})
    await world.publish([message("probe_a", 1, count=10), message("probe_a", 3, count=0)])

    async def erased() -> bool:
        return (await world.copied()).get("probe_a", {}).get("erased") is True

    await eventually(erased, within=20)
    await world.publish([message("probe_a", 2, count=20), message("probe_z", 1)])

    async def arrived() -> bool:
        return "probe_z" in await world.copied()

    await eventually(arrived)
    assert "count" not in (await world.copied())["probe_a"]


async def test_a_crash_between_write_and_commit_repeats_nothing(world: World) -> None:
    written, dying = asyncio.Event(), asyncio.Event()

    async def die(rows: list[dict[str, Any]]) -> None:
        written.set()
        await dying.wait()
        raise ConnectionError

    crash = await world.start({SEEN: [Facts(world.facts, row, die)]})
    await world.publish([message("probe_a", number) for number in (1, 2, 3)])
    await in_time(written.wait(), 20)
    dying.set()
    await crash()
    seen: list[str] = []

    async def mark(rows: list[dict[str, Any]]) -> None:
        seen.extend(row["_id"] for row in rows)

    await world.start({SEEN: [Facts(world.facts, row, mark)]})
    await eventually(lambda: {"probe_a:1", "probe_a:2", "probe_a:3"} <= set(seen), within=20)
    assert len(await world.rows()) == 3


async def test_types_of_nobody_are_passed_over(world: World) -> None:
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", 1, kind=OF_NOBODY), message("probe_a", 2)])

    async def arrived() -> bool:
        return set(await world.rows()) == {"probe_a:2"}

    await eventually(arrived, within=20)
    await eventually(world.all_consumed)
    assert await world.dead_letters() == []
    counted = {"group": world.group, "effect_result": "skipped"}
    assert REGISTRY.get_sample_value("liengia_consumer_events_total", counted) == 1


async def test_missing_numbers_are_told_and_stop_nothing(world: World) -> None:
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", 1), message("probe_a", 2, kind=OF_NOBODY)])
    await world.publish([message("probe_a", 3), message("probe_a", 6)])

    async def arrived() -> bool:
        return "probe_a:6" in await world.rows()

    await eventually(arrived, within=20)
    counted = {"group": world.group, "topic": world.topic}
    assert REGISTRY.get_sample_value("liengia_consumer_gaps_total", counted) == 2


async def test_what_follows_the_rows_is_repeated_until_it_succeeds(world: World) -> None:
    tries: list[int] = []

    async def mark(rows: list[dict[str, Any]]) -> None:
        tries.append(len(rows))
        if len(tries) < 3:
            raise ConnectionError

    await world.start({SEEN: [Facts(world.facts, row, mark)]})
    await world.publish([message("probe_a", 1)])
    await eventually(lambda: len(tries) >= 3, within=20)
    await eventually(world.all_consumed)
    assert len(await world.rows()) == 1
    assert await world.dead_letters() == []
