"""Mediation, notifications and analytics lose their databases, and read every topic again from the start."""

import asyncio
import os
from collections import Counter

import httpx
import pytest

from tests.support.disputes import Talks, found_team
from tests.support.load import Load, all_arrive
from tests.support.persistent import Persistent
from tests.support.portal import portal
from tests.support.snapshot import all_is_read, figures_follow_the_facts, snapshot
from tests.support.system import System, run_module
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)

EMPTIED = ("mediation", "notifications", "analytics")


async def test_full_replay_into_empty_databases_brings_back_cases_log_and_figures_and_sends_nothing_twice(
    system: System,
) -> None:
    load = Load(system, system.of("tips"))
    async with portal(system) as city:
        await load.run_all(10, 4)
        waiting = await _refer_only(system)
        load.accepted.append(waiting)
        await all_arrive(load, portal=city)
        await eventually(lambda: all_is_read(system), within=30)
        await eventually(lambda: figures_follow_the_facts(system), within=30)
        before = snapshot(system)
        posted = Counter(city.receiver.ids())
        gone = _told_once_only(system)

        await asyncio.to_thread(_empty, system)
        await eventually(lambda: all_is_read(system), within=90)

        def all_is_back() -> bool:
            after = snapshot(system)
            assert after.cases == before.cases
            assert after.log == before.log
            assert after.facts == before.facts
            assert after.figures == before.figures
            assert after.letters == before.letters
            return True

        await eventually(all_is_back, within=60)
        by_referral = Counter(
            (case["tip_id"], case["referral"]) for case in before.cases.values() if case["tip_id"]
        )
        assert by_referral[waiting, 1] == 1
        assert set(by_referral.values()) == {1}

        async with portal(system) as again:
            await _the_work_goes_on(system, load, gone)
            await eventually(lambda: figures_follow_the_facts(system), within=30)
            sent = set(again.receiver.ids())
        assert Counter(city.receiver.ids()) == posted
        assert again.repeats() == []
        assert not sent & set(posted)


async def _refer_only(system: System) -> str:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        calls = Persistent(system, client)
        tip, _, _ = await Talks(calls, await found_team(calls)).refer()
    return tip


def _empty(system: System) -> None:
    """As docs/operators.md tells it under "Filling a database anew"."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": system.kafka.bootstrap}
    replicas = [replica for name in EMPTIED for replica in system.of(name)]
    for replica in replicas:
        replica.child.stop()
    for name in EMPTIED:
        with system.databases() as client:
            client.drop_database(name)
        system.prepare(name)
        assert "tips.tip.v1/0" in run_module("shared.replay", "rewind", "--group", name, env=environment)
    system.heal()


def _told_once_only(system: System) -> set[str]:
    """Alerts and attested figures: their own services do not take them up again (decision full-replay)."""
    with system.databases() as client:
        return {
            document["_id"]
            for database, collection in (("notifications", "alerts"), ("analytics", "statistics"))
            for document in client[database][collection].find({}, {"_id": 1})
        }


async def _the_work_goes_on(system: System, load: Load, gone: set[str]) -> None:
    """A case that was recalled goes on under the next number, and a new one comes to its end."""
    with system.databases() as client:
        recalled = client["mediation"]["cases"].find_one({"status": "requested", "tip_id": {"$ne": None}})
    assert recalled is not None
    head = system.bearer("mediation:head", subject="head-1")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        calls = Persistent(system, http)
        out = {"decision": "out", "ground": "barred_by_law"}
        await calls.post("mediation", f"/cases/{recalled['_id']}/scope-check", head, out)
    await load.disputes.run(2)

    def taken_back() -> bool:
        with system.databases() as client:
            tip = client["tips"]["tips"].find_one({"_id": recalled["tip_id"]})
        return tip is not None and tip["status"] == "classified"

    await eventually(taken_back, within=30)
    await all_arrive(load, gone=gone)
