"""D6: the wall clock of one process of each service is off by an hour or a day, ahead or behind."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.faked_time import NoFakeTime, another_time
from tests.support.system import SERVICES, Replica

RATE = 40.0
_OFF = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))
_CLOSE = timedelta(seconds=5)
_STARTS_WITHIN = 120.0


async def play(stage: Stage) -> Outcome:
    outcome, system = Outcome(), stage.system
    try:
        another_time(_OFF[0])
    except NoFakeTime as missing:
        outcome.not_run = str(missing)
        return outcome
    began = datetime.now(UTC)
    offs = dict(zip(SERVICES, stage.rng.sample(_OFF, len(_OFF)), strict=True))
    wrong: dict[str, tuple[Replica, timedelta]] = {}
    for name, off in offs.items():
        # In place of one of the two that are right, so that it holds half of the lanes and partitions.
        leaving = system.of(name)[1]
        await asyncio.to_thread(leaving.child.stop)
        system.replicas.remove(leaving)
        replica = await asyncio.to_thread(partial(system.start, name, **another_time(off)))
        wrong[name] = (replica, off)
    for replica, off in wrong.values():
        said = f"{replica.child.name}, {_hours(off)}, is not ready and says why"
        why = await _why_not_ready(replica)
        outcome.expect(f"{abs(off.total_seconds()):.0f}"[:2] in why, f"{said}: {why}")
        outcome.times += 1
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(max(300, int(stage.seconds * 6)))
    await stage.traffic.drained()
    right = [one for one in system.replicas if one not in [replica for replica, _ in wrong.values()]]
    ready = await asyncio.to_thread(lambda: all(one.ready() for one in right))
    outcome.expect(ready, "the processes beside them stay ready")
    lanes = await asyncio.to_thread(_lanes_held, stage, [replica for replica, _ in wrong.values()])
    outcome.expect(lanes > 0, f"the wrong ones held {lanes} lanes, and so ran their clocks")
    odd = await asyncio.to_thread(_told_at_a_wrong_time, stage, began)
    outcome.expect(not odd, f"entries at a wrong time, deadlines told of early: {len(odd)} {odd[:1]}")
    for replica, _ in wrong.values():
        await asyncio.to_thread(replica.child.stop)
        system.replicas.remove(replica)
        await asyncio.to_thread(system.start, replica.name)
    return outcome


async def _why_not_ready(replica: Replica) -> str:
    def said() -> str | None:
        try:
            body = httpx.get(f"{replica.url}/readyz", timeout=5, trust_env=False).json()
        except httpx.HTTPError:
            return None
        told = str(body.get("clock", ""))
        return told if "off" in told or "database's" in told else None

    await until(said, within=_STARTS_WITHIN)
    return str(await asyncio.to_thread(said))


def _lanes_held(stage: Stage, wrong: list[Replica]) -> int:
    names = {replica.child.name for replica in wrong}
    with stage.system.databases() as client:
        owners = [
            str(lane.get("owner", "")).split(":")[0]
            for name in SERVICES
            for lane in client[name]["lanes"].find({"_id": {"$type": "number"}})
        ]
    return sum(owner in names for owner in owners)


def _told_at_a_wrong_time(stage: Stage, began: datetime) -> list[str]:
    """Entries of histories with a time outside of this fault, and deadlines told of before they are due."""
    found, ended = [], datetime.now(UTC)
    with stage.system.databases() as client:
        for database, collection in (("tips", "tips"), ("mediation", "cases")):
            touched: dict[str, Any] = {"timeline.time": {"$not": {"$lt": began - _CLOSE}}}
            for document in client[database][collection].find(touched, {"timeline": 1}):
                for entry in document.get("timeline", ()):
                    at = entry["time"].replace(tzinfo=UTC)
                    if not began - _CLOSE <= at <= ended + _CLOSE or entry["what"].startswith("deadline_"):
                        found.append(f"{document['_id']} {entry['what']} at {at.isoformat()}")
    return found


def _hours(off: timedelta) -> str:
    return f"{abs(off.total_seconds()) / 3600:.0f} h {'ahead' if off > timedelta() else 'behind'}"


CLOCKS = Fault("D6", "wall clock of a process off by 1 h, 1 day", play, needs="own", share=8)
