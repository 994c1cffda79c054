"""The load client, a process of its own: `python -m tests.performance.client '<Plan as JSON>'` prints an
Outcome.

Our own, because no well-kept one from our registries does both: an open loop (latency from the moment at
which a request was due, so that a stalled server cannot hide its queue) and a fresh Idempotency-Key in every
request. It is a protocol on httptools; the bench says what it cost beside the servers that it measured.
"""

import asyncio
import json
import sys
from dataclasses import asdict

import uvloop

from tests.performance.load import Load
from tests.performance.traffic import Plan


def main() -> None:
    plan = Plan(**json.loads(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(Load(plan).run()))))


if __name__ == "__main__":
    main()
