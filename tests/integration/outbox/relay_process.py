"""A relay as a process, to kill and to freeze. Arguments: url, database, bootstrap, topic, name."""

import asyncio
import sys

from shared.clock import SystemClock
from shared.mongo import connect
from shared.outbox import Relay, Timing
from tests.component.outbox.probe import counters

TIMING = Timing(lease=3.0, renew=0.3, wave=1.5, margin=0.3, again=0.3, poll=0.05, cluster=0.3)


async def main(url: str, database: str, bootstrap: str, topic: str, name: str) -> None:
    outbox = counters(connect(url, database), SystemClock(), topic=topic)
    await Relay([outbox], bootstrap, name, timing=TIMING).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
