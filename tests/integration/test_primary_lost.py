"""What a service's database handle does when its primary is frozen: it goes on with the next one."""

import asyncio
import time
from pathlib import Path

from deploy.local import mongod as local_mongod
from deploy.local.ports import free_ports
from shared.mongo import connect
from tests.support.waiting import eventually

# The driver's own heartbeat of 10 s would leave a write at a frozen primary for 12.
_CUT_OFF_WITHIN = 10.0


async def test_a_write_on_its_way_to_a_primary_that_freezes_is_carried_out_by_its_successor(
    tmp_path: Path,
) -> None:
    running = await asyncio.to_thread(local_mongod.start, tmp_path, *free_ports(3))
    database = connect(await asyncio.to_thread(running.url_for, "tips"), "tips", call_seconds=40)
    try:
        notes = database["notes"]
        await notes.insert_one({"_id": "before"})
        frozen = await asyncio.to_thread(running.primary)
        frozen.child.freeze()
        began = time.monotonic()
        await notes.insert_one({"_id": "on its way"})
        assert time.monotonic() - began < _CUT_OFF_WITHIN
        assert (await asyncio.to_thread(running.primary)).number != frozen.number
        frozen.child.thaw()

        async def both() -> bool:
            return await notes.count_documents({}) == 2

        await eventually(both)
    finally:
        database.client.close()
        await asyncio.to_thread(running.stop)
