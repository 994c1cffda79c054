"""D10: a backup under load, everything destroyed, a restore beside an empty Kafka."""

import asyncio
from datetime import datetime
from typing import Any

import bson

from deploy.local.backup import back_up
from deploy.local.restore import restore
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.system import SERVICES

RATE = 40.0


async def play(stage: Stage) -> Outcome:
    outcome, system = Outcome(), stage.system
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(max(150, int(stage.seconds * 3)))
        stage.say("a backup under load")
        busy = await asyncio.to_thread(_back_up, stage, "busy")
        await stage.traffic.accepts(50)
    await asyncio.to_thread(_judge_busy, stage, outcome, busy)
    await stage.settle()
    quiet = await asyncio.to_thread(_back_up, stage, "quiet")
    stage.say("everything is destroyed: every database, every topic")
    for replica in system.replicas:
        await asyncio.to_thread(replica.child.kill)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(
        asyncio.to_thread(system.mongo.restart_empty), asyncio.to_thread(system.kafka.restart_empty)
    )
    outcome.times = 1
    count = await asyncio.to_thread(_restore, stage, "quiet")
    again = await asyncio.to_thread(_back_up, stage, "again")
    outcome.expect(
        _hashes(again) == _hashes(quiet),
        f"{count} documents restored, all ids and hashes equal",
    )
    await asyncio.to_thread(system.make_topics)
    for replica in system.replicas:
        await asyncio.to_thread(replica.child.start_again)
    await until(lambda: all(one.ready() for one in system.replicas), within=180)
    outcome.recovered.append(asyncio.get_running_loop().time() - began)
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(80)
    return outcome


def _back_up(stage: Stage, name: str) -> dict[str, Any]:
    with stage.system.databases() as client:
        return back_up(client, stage.system.folder / "backups" / name, SERVICES)


def _restore(stage: Stage, name: str) -> int:
    with stage.system.databases() as client:
        return restore(client, stage.system.folder / "backups" / name)


def _hashes(manifest: dict[str, Any]) -> dict[str, str]:
    return {place: told["sha256"] for place, told in manifest["files"].items()}


def _judge_busy(stage: Stage, outcome: Outcome, manifest: dict[str, Any]) -> None:
    """Of the reports accepted before it began none may be missing; of those accepted later all may."""
    began, ended = (datetime.fromisoformat(manifest[name]).timestamp() for name in ("began", "ended"))
    file = stage.system.folder / "backups" / "busy" / "tips" / "tips.bson"
    kept = {document["_id"] for document in bson.decode_all(file.read_bytes())}
    accepted = list(stage.ledger.accepted("tip"))
    missing = [one["id"] for one in accepted if one["at"] < began and one["id"] not in kept]
    later = [one for one in accepted if one["at"] >= began and one["id"] not in kept]
    outcome.expect(
        not missing,
        f"of {len(accepted)} reports a backup under load, of {ended - began:.1f} s, misses {len(missing)} "
        f"accepted before it began and {len(later)} accepted later",
    )


BACKUP = Fault("D10", "backed up, destroyed, restored", play, needs="own", share=8)
