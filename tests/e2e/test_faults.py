"""What must hold when a part is taken away, killed or frozen under load."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.support.load import Load, all_arrive, attest, issue_alert, open_case
from tests.support.persistent import Persistent
from tests.support.portal import portal
from tests.support.sse import Listener, listening
from tests.support.system import SERVICES, Replica, System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)


async def test_everything_is_accepted_while_kafka_is_away_and_arrives_in_order_once_it_is_back(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    async with portal(system) as city:
        system.kafka.kill()
        disputing = asyncio.create_task(load.disputes.run(3))
        await load.run(40)
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            for speaks in (issue_alert, attest, open_case):
                await speaks(Persistent(system, client))
        assert load.refused == []
        assert len(load.accepted) == 40
        assert all(replica.ready() for replica in system.replicas)
        await asyncio.to_thread(system.kafka.restart)
        await disputing
        await all_arrive(load, portal=city)
        city.verify()
    await _the_stream_tells_each_event_once(system)


async def _the_stream_tells_each_event_once(system: System) -> None:
    with system.databases() as client:
        logged = [entry["_id"] for entry in client["notifications"]["log"].find({}, {"_id": 1})]
    everything = Listener()
    everyone = system.bearer("events:read")
    async with listening(everything, system.of("notifications")[1].url, everyone, after="begin"):
        await eventually(lambda: everything.has(len(logged)), within=30)
    assert sorted(everything.ids()) == sorted(logged)


async def test_relays_frozen_past_their_lease_and_thawed_do_no_harm(system: System) -> None:
    def awake(service: str) -> list[Replica]:
        return system.of(service)[1:]

    frozen = [system.of(name)[0] for name in SERVICES]
    before = Load(system, frozen[:1])
    await before.run(20)
    load = Load(system, awake("tips"))
    load.disputes.doors = awake
    for replica in frozen:
        replica.child.freeze()
    await asyncio.gather(load.run(80, at_once=8), load.disputes.run(3))
    # The other replicas take the lanes of the frozen over: nothing waits for the thaw.
    await all_arrive(load)
    for replica in frozen:
        replica.child.thaw()
    await Load(system, frozen[:1]).run(5)
    await all_arrive(load)
    await all_arrive(before)


async def test_without_its_database_a_service_answers_503_and_loses_nothing(
    system: System,
) -> None:
    tips = system.of("tips")[0]
    load = Load(system, system.of("tips"))
    await load.run(10)
    disputing = asyncio.create_task(load.disputes.run(3))
    system.mongo.freeze()
    try:
        # Within five seconds on a machine with nothing else to do; a driver left alone waits for 30.
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            answer = await client.post(f"{tips.url}/tips", json=report())
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "unavailable"
            assert int(answer.headers["retry-after"]) > 0
        for name in SERVICES:
            replica = system.of(name)[0]
            await eventually(lambda it=replica: it.asks("/readyz") == 503, within=10)  # type: ignore[misc]
            assert replica.asks("/healthz") == 200
    finally:
        system.mongo.thaw()
    for replica in system.replicas:
        await eventually(replica.ready, within=20)
    await load.run(10)
    await disputing
    assert len(load.accepted) == 20
    await all_arrive(load)


Work = Callable[[Load, Persistent], Awaitable[None]]
WORK: dict[str, Work] = {
    "tips": lambda load, calls: load.run(4),
    "mediation": lambda load, calls: open_case(calls),
    "notifications": lambda load, calls: issue_alert(calls),
    "analytics": lambda load, calls: attest(calls),
}


async def test_stopping_one_service_leaves_the_others_ready_and_at_work(system: System) -> None:
    load = Load(system, system.of("tips"))
    for name in SERVICES:
        for replica in system.of(name):
            await asyncio.to_thread(replica.child.stop)
            assert replica.child.exit_code() == 0
        assert all(replica.ready() for replica in system.replicas if replica.name != name)
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            for other in SERVICES:
                if other != name:
                    await WORK[other](load, Persistent(system, client))
        await asyncio.to_thread(system.heal)
    assert load.refused == []
    assert len(load.accepted) == 12
    await all_arrive(load)
