"""`python -m shared.replay` as an operator uses it."""

import asyncio
import os
import sys

from deploy.local.kafka import RunningKafka
from shared.consume import Facts, Reaction
from tests.support.consume_probe import SEEN, Desk, Gate, message, poisons, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually


async def replay(world: RealWorld, database: FreshDatabase, *arguments: str) -> tuple[int, str]:
    """Exit code, and all it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.replay",
        *arguments,
        "--group",
        world.group,
        env={
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": world.bootstrap,
            "MONGO_URL": database.url,
            "MONGO_DATABASE": database.name,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def test_dead_letters_are_listed_shown_judged_and_sent_once(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name).open()
    assert (await replay(world, fresh_database, "list"))[0] == 3
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([poisons()["schema"], poisons()["not_json"]])

    async def both() -> bool:
        return len(await world.dead_letters()) == 2

    await eventually(both, within=20)
    code, listed = await replay(world, fresh_database, "list")
    assert code == 0
    assert "schema" in listed
    assert "not_json" in listed
    assert f"{world.topic}/" in listed
    code, shown = await replay(world, fresh_database, "show", "--reason", "schema")
    assert code == 0
    assert "many" not in shown
    assert "ce_type" in shown
    code, shown = await replay(world, fresh_database, "show", "--reason", "schema", "--body")
    assert '"count": "many"' in shown
    code, judged = await replay(world, fresh_database, "dry-run", "--reason", "not_json")
    assert code == 0
    assert "today: not_json" in judged
    assert len(await world.dead_letters()) == 2
    code, sent = await replay(world, fresh_database, "send", "--reason", "schema")
    assert code == 0
    assert "1 sent" in sent
    code, sent = await replay(world, fresh_database, "send", "--reason", "schema", "--limit", "1")
    assert code == 0
    assert "already sent" in sent
    assert "0 sent" in sent
    await world.close()


async def test_a_parked_key_is_listed_and_skipped(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name).open()
    desk = Desk(Gate({"probe_a"}))
    await world.start({SEEN: [Reaction(desk.apply)]})
    await world.publish([message("probe_a", 1)])
    await eventually(lambda: "probe_a:1" in desk.calls, within=20)

    async def listed() -> bool:
        code, printed = await replay(world, fresh_database, "parked", "list")
        return code == 0 and "probe_a" in printed and "not_yet" in printed

    await eventually(listed, within=20)
    assert (await replay(world, fresh_database, "parked", "skip", "--key", "probe_b"))[0] == 3
    assert (await replay(world, fresh_database, "parked", "skip", "--key", "probe_a"))[0] == 0

    async def given_up() -> bool:
        return [one.reason for one in await world.dead_letters()] == ["skipped"]

    await eventually(given_up, within=20)
    await world.close()


async def test_a_wrong_use_is_told_in_one_sentence(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name)
    code, printed = await replay(world, fresh_database, "list")
    assert code == 1
    assert "does not exist" in printed
    assert "Traceback" not in printed
    code, printed = await replay(world, fresh_database, "send", "--bootstrap", "127.0.0.1:1")
    assert code == 1
    assert "does not answer" in printed
    assert "Traceback" not in printed
    await world.close()
