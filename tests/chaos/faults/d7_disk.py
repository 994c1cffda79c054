"""D7: the disk under mongod fills up while reports are taken in, and then has room again."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import httpx

from tests.chaos.outcome import Fault, Outcome
from tests.chaos.probe import post_report
from tests.chaos.stage import Stage
from tests.chaos.watching import until
from tests.support.small_disk import SmallDiskSystem

RATE = 40.0
_STILL = 8.0  # seconds that the disk stays full once writes are refused


async def play(stage: Stage) -> Outcome:
    outcome, system = Outcome(), stage.system
    assert isinstance(system, SmallDiskSystem)
    async with stage.traffic.flowing(rate=RATE):
        await stage.traffic.accepts(100)
        ballast = system.mount / "ballast"
        await asyncio.to_thread(_fill, ballast)
        outcome.times = 1
        try:
            answer = await _refused(stage)
            outcome.expect(
                answer.status_code == 503 and int(answer.headers.get("retry-after", 0)) > 0,
                f"a full disk is answered {answer.status_code}, Retry-After "
                f"{answer.headers.get('retry-after')}",
            )
            await asyncio.sleep(_STILL)
            crashed = system.mongo.child.exit_code()
            stage.say("mongod ended itself" if crashed is not None else "mongod runs on")
        finally:
            ballast.unlink()
        if system.mongo.child.exit_code() is not None:
            outcome.held.append("mongod ends itself on a full disk; its supervisor starts it again")
        # What a supervisor does; no repair, no option, no hand on its files.
        await asyncio.to_thread(system.mongo.restart)
        outcome.recovered.append(await until(lambda: all(one.ready() for one in system.replicas), 120))
        await stage.traffic.accepts(100)
    return outcome


def _fill(ballast: Path) -> None:
    """Every byte that is left, and again what is freed meanwhile."""
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(os.urandom(1 << 20))
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)


async def _refused(stage: Stage) -> httpx.Response:
    """The first answer that is no acceptance. The room that mongod had set aside is used up first."""
    async with httpx.AsyncClient(timeout=15, trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                answer = await post_report(stage, client, {"text": "Một đêm dài. " * 250})
                if answer.status_code != 201:
                    return answer


DISK = Fault("D7", "disk full under mongod", play, needs="small disk", share=6)
