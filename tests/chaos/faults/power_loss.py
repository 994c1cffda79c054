"""P: an acknowledged report was synced to the disk before its answer.

A kill of the process does not test this, since the kernel keeps what was written; a power cut would lose it.
So mongod's calls to the kernel are watched with strace while reports are posted one at a time: between a post
and its answer there must be a sync of the journal that began after the post and had ended before the answer.
"""

import asyncio
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from deploy.local.child import Child
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.probe import post_report
from tests.chaos.stage import Stage
from tests.chaos.watching import until

POSTS = 30
Sync = tuple[float, float, str]
_SYNC = re.compile(r"(\d+\.\d+) (?:fdatasync|fsync)\((\d+)(?:<([^>]*)>)?\)\s+= 0 <(\d+\.\d+)>")


def syncs(trace: str) -> list[Sync]:
    """(began, ended, file) of every sync that succeeded, in seconds since 1970."""
    return [
        (float(began), float(began) + float(took), file or number)
        for began, number, file, took in _SYNC.findall(trace)
    ]


def unsynced(posts: Sequence[tuple[float, float]], seen: Sequence[Sync]) -> list[tuple[float, float]]:
    """The posts (began, answered) between whose two moments no sync of a journal began and ended."""
    journal = [(began, ended) for began, ended, file in seen if "journal" in file]
    return [
        (began, answered)
        for began, answered in posts
        if not any(began <= start and end <= answered for start, end in journal)
    ]


async def play(stage: Stage) -> Outcome:
    outcome = Outcome()
    if shutil.which("strace") is None:
        outcome.not_run = "strace is not installed (Debian: apt-get install strace)"
        return outcome
    folder = stage.system.folder / "strace"
    tracer = await asyncio.to_thread(_trace, stage, folder)
    try:
        await until(lambda: tracer.exit_code() is not None or _traced(folder), within=30)
        if tracer.exit_code() is not None:
            outcome.not_run = f"strace may not trace here: {tracer.log.read_text()[-200:].strip()}"
            return outcome
        posts = await _post(stage)
    finally:
        await asyncio.to_thread(tracer.stop)
    seen = await asyncio.to_thread(_traced, folder)
    late = unsynced(posts, seen)
    outcome.times = len(posts)
    outcome.expect(
        not late,
        f"{len(posts) - len(late)} of {len(posts)} answers came after a sync of the journal that began after "
        f"their post ({len(seen)} syncs seen)",
    )
    return outcome


def _trace(stage: Stage, folder: Path) -> Child:
    folder.mkdir()
    # A file of each thread: in one, calls that overlap would be torn apart.
    options = ["-ff", "-y", "-ttt", "-T", "-e", "trace=fdatasync,fsync", "-o", str(folder / "trace")]
    command = ["strace", *options, "-p", str(stage.system.mongo.child.pid)]
    return Child("strace", command, log=folder / "log")


def _traced(folder: Path) -> list[Sync]:
    return [one for file in folder.glob("trace.*") for one in syncs(file.read_text())]


async def _post(stage: Stage) -> list[tuple[float, float]]:
    """One after the other. The wall clock is strace's too, so that both lie on one scale."""
    found = []
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        for _ in range(POSTS):
            began = time.time()
            answer = await post_report(stage, client)
            assert answer.status_code == 201, answer.text
            found.append((began, time.time()))
    return found


POWER = Fault("P", "power loss: synced before answered", play, needs="one", share=2)
