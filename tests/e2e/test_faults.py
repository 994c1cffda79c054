"""What must hold when a part is taken away, killed or frozen under load."""

import asyncio
import time

import httpx
import pytest

from tests.support.load import Load, all_arrive
from tests.support.system import System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(240)


async def test_reports_are_accepted_while_kafka_is_away_and_arrive_in_order_once_it_is_back(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    system.kafka.kill()
    await load.run(60)
    assert load.refused == []
    assert len(load.accepted) == 60
    assert all(replica.ready() for replica in system.of("tips"))
    await asyncio.to_thread(system.kafka.restart)
    await all_arrive(load)


async def test_a_kill_of_every_service_under_load_loses_nothing_and_repeats_no_effect(system: System) -> None:
    load = Load(system, system.of("tips"))
    sending = asyncio.create_task(load.run(400))
    for replica in system.replicas:
        await load.accepts(40, unless=sending)
        replica.child.kill()
        replica.child.start_again()
        await asyncio.to_thread(replica.wait_until_ready)
    await sending
    assert len(load.accepted) > 150
    await all_arrive(load)


async def test_a_relay_frozen_past_its_lease_and_thawed_does_no_harm(system: System) -> None:
    frozen, other = system.of("tips")
    load = Load(system, [other])
    before = Load(system, [frozen])
    await before.run(20)
    sending = asyncio.create_task(load.run(300, at_once=8))
    frozen.child.freeze()
    await sending
    # The other replica takes the frozen one's lanes over: nothing waits for the thaw.
    await all_arrive(load)
    frozen.child.thaw()
    await Load(system, [frozen]).run(5)
    await all_arrive(load)
    await all_arrive(before)


async def test_without_its_database_a_service_answers_503_within_five_seconds_and_loses_nothing(
    system: System,
) -> None:
    (tips, _), (analytics, _) = system.of("tips"), system.of("analytics")
    load = Load(system, system.of("tips"))
    await load.run(10)
    system.mongo.freeze()
    try:
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            began = time.monotonic()
            answer = await client.post(f"{tips.url}/tips", json=report())
            assert answer.status_code == 503
            assert time.monotonic() - began < 5
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "unavailable"
            assert int(answer.headers["retry-after"]) > 0
        await eventually(lambda: tips.asks("/readyz") == 503, within=10)
        assert tips.asks("/healthz") == analytics.asks("/healthz") == 200
    finally:
        system.mongo.thaw()
    await eventually(tips.ready, within=20)
    await load.run(10)
    assert len(load.accepted) == 20
    await all_arrive(load)


async def test_stopping_one_service_leaves_the_others_ready(system: System) -> None:
    for name in ("tips", "analytics"):
        others = [replica for replica in system.replicas if replica.name != name]
        for replica in system.of(name):
            replica.child.stop()
            assert replica.child.exit_code() == 0
        assert all(replica.ready() for replica in others)
        system.heal()
