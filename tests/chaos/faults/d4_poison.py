"""D4: records that nobody can process, and a reaction that always fails for one key."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from tests.chaos.faults.blocked_key import BlockedKey, latencies, percentile
from tests.chaos.outcome import Fault, Outcome
from tests.chaos.stage import Stage
from tests.support.poison import HEEDED, break_in, letters_found, letters_wanted
from tests.support.reconcile import TOPICS, headers_of, records_of
from tests.support.system import run_module
from tests.support.waiting import eventually

RATE = 15.0
SAMPLES, PER_SECOND = 60, 12.0
# A blocked key may cost the others nothing; on a busy machine a figure of sixty wavers by this much.
TIMES_SLOWER, SECONDS_SLOWER = 4.0, 1.0
SEALED_REASONS = ("jwe_invalid", "not_encrypted", "schema")


async def play(stage: Stage) -> Outcome:
    outcome = Outcome()
    async with stage.traffic.flowing(rate=RATE):
        await _sound_records(stage)
        await _poison(stage, outcome)
        await _blocked(stage, outcome)
    return outcome


async def _sound_records(stage: Stage) -> None:
    """An event of each type that is broken afterwards: the stack may have seen none yet."""
    await asyncio.gather(*(stage.traffic.once(way) for way in ("dispute", "alert", "statistic")))

    def told() -> bool:
        for topic, wanted in HEEDED.items():
            types = {
                headers_of(one).get("ce_type") for one in records_of(stage.system.kafka.bootstrap, topic)
            }
            assert wanted.encode() in types, f"{topic} has no {wanted}"
        return True

    await _soon(told)


async def _poison(stage: Stage, outcome: Outcome) -> None:
    key = f"broken-{uuid4().hex}"
    began = time.monotonic()
    for topic in TOPICS:
        await asyncio.to_thread(break_in, stage.system, topic, key)
    before = await asyncio.to_thread(_rejected, stage)
    await stage.traffic.submissions.poison()
    wanted = letters_wanted(TOPICS)
    stage.say(f"{len(wanted)} dead letters and {len(SEALED_REASONS)} sealed rejects are awaited")

    def all_set_aside() -> bool:
        assert letters_found(stage.system, TOPICS, key) == wanted
        return True

    await _soon(all_set_aside)
    outcome.recovered.append(time.monotonic() - began)
    reasons = sorted({reason for _, _, reason in wanted})
    outcome.held.append(f"{len(wanted)} poisoned records dead-lettered, each once: {', '.join(reasons)}")

    def all_sealed() -> bool:
        kept = _rejected(stage)
        for reason in before:
            kept.remove(reason)
        assert sorted(kept) == sorted(SEALED_REASONS), kept
        return True

    await _soon(all_sealed)
    outcome.held.append(f"submissions kept sealed, on no topic: {', '.join(SEALED_REASONS)}")
    outcome.times += len(wanted) + len(SEALED_REASONS)


def _rejected(stage: Stage) -> list[str]:
    with stage.system.databases() as client:
        return [one["reason"] for one in client["tips"]["rejected_submissions"].find({}, {"reason": 1})]


async def _blocked(stage: Stage, outcome: Outcome) -> None:
    before = percentile(await latencies(stage, SAMPLES, PER_SECOND), 99)
    blocked = await BlockedKey.prepare(stage)
    with blocked.broken():
        await asyncio.to_thread(blocked.conclude)
        outcome.times += 1
        await _soon(blocked.parked_in_order)
        outcome.held.append("the failing event is parked and its two followers behind it, in order")
        during = percentile(await latencies(stage, SAMPLES, PER_SECOND), 99)
        said = f"p99 of other keys {during:.2f} s, before {before:.2f} s"
        outcome.expect(during <= before * TIMES_SLOWER + SECONDS_SLOWER, said)
        outcome.expect(await asyncio.to_thread(blocked.parked_in_order), "it is still parked, in order")
        await _skip(stage, blocked, outcome)
    await _replay(stage, blocked, outcome)


async def _skip(stage: Stage, blocked: BlockedKey, outcome: Outcome) -> None:
    began = time.monotonic()
    listed = await _replay_tool(stage, "parked", "list")
    outcome.expect(blocked.subject in listed, "`parked list` names the key")
    await _replay_tool(stage, "parked", "skip", "--key", blocked.subject)
    await _soon(lambda: blocked.returned() == [0, 1, 1])
    outcome.recovered.append(time.monotonic() - began)
    outcome.held.append("after `parked skip` the followers took effect, each once, and the head did not")


async def _replay(stage: Stage, blocked: BlockedKey, outcome: Outcome) -> None:
    began = time.monotonic()
    listed = await _replay_tool(stage, "list", "--reason", "skipped")
    outcome.expect(blocked.event_id(0) in listed, "`list --reason skipped` shows what was skipped")
    await _replay_tool(stage, "send", "--id", blocked.event_id(0))
    await _soon(lambda: blocked.returned() == [1, 1, 1])
    outcome.recovered.append(time.monotonic() - began)
    outcome.held.append("after `send` the mended one took effect, once")


async def _replay_tool(stage: Stage, *arguments: str) -> str:
    """`python -m shared.replay … --group tips`. Raises AssertionError with its output when it fails."""
    env = stage.system.environment("tips", 0)
    checkout: Path = stage.system.checkout
    return await asyncio.to_thread(
        lambda: run_module("shared.replay", *arguments, "--group", "tips", env=env, checkout=checkout)
    )


async def _soon(condition: Callable[[], bool]) -> None:
    """Asked in a thread: the stores are asked by blocking clients, and traffic goes on meanwhile."""
    await eventually(lambda: asyncio.to_thread(condition), within=60)


POISON = Fault("D4", "poison, and one key that always fails", play, needs="one", share=8)
