"""D3: Kafka loses every disk and comes back empty, while reports are taken in."""

import asyncio
import time

from tests.chaos.outcome import Fault, Outcome
from tests.chaos.quiet import unread
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.reconcile import TIP_TOPIC, headers_of, records_of

RATE = 40.0
_MEANWHILE = 40  # reports taken in while there is no broker
_NOT_COVERED = (
    "covered by no window: what integrations wrote to `…submission.v1` and no service had read yet, letters "
    "on `…dlt` and `…retry`, and events that were published longer ago than the journals' 14 days"
)


async def play(stage: Stage) -> Outcome:
    outcome, system = Outcome(), stage.system
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(max(200, int(stage.seconds * 3)))
    # What only the broker has would be gone with it: see _NOT_COVERED.
    await stage.traffic.drained()
    await until(lambda: unread(system.kafka.bootstrap, "tips") == 0, within=120)
    before = await asyncio.to_thread(records_of, system.kafka.bootstrap, TIP_TOPIC)
    stage.say(f"Kafka loses {len(before)} records of {TIP_TOPIC}, and more; reports go on coming")
    writing = asyncio.create_task(_reports(stage))
    began = time.monotonic()
    await asyncio.to_thread(system.kafka.restart_empty)
    await asyncio.to_thread(system.make_topics)
    outcome.times = 1
    await writing
    wanted = {headers_of(one)["ce_id"] for one in before}
    await until(lambda: _all_are_back(stage, wanted), within=180)
    outcome.recovered.append(time.monotonic() - began)
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(100)
    lanes = await asyncio.to_thread(_clusters, stage)
    outcome.expect(len(lanes) == 1, f"all lanes have seen the new cluster and no other: {sorted(lanes)}")
    outcome.held.append(_NOT_COVERED)
    return outcome


async def _reports(stage: Stage) -> None:
    await asyncio.gather(*(stage.traffic.once("tip") for _ in range(_MEANWHILE)))


def _all_are_back(stage: Stage, wanted: set[bytes]) -> bool:
    """Whether everything that was there once is there again."""
    try:
        now = records_of(stage.system.kafka.bootstrap, TIP_TOPIC)
    except (AssertionError, KeyError):
        return False
    return wanted <= {headers_of(one)["ce_id"] for one in now}


def _clusters(stage: Stage) -> set[str]:
    with stage.system.databases() as client:
        return {str(lane["cluster"]) for lane in client["tips"]["lanes"].find({"cluster": {"$exists": True}})}


WIPED = Fault("D3", "Kafka wiped and restored empty", play, needs="own", share=8)
