"""A record so large that it cannot be copied with our headers is still told of, and its place kept."""

from deploy.local.kafka import RunningKafka
from shared import kafka as kafka_clients
from shared.consume import Facts
from shared.consume import letters as dead
from shared.consume.dead_letters import BODY_LEFT
from tests.support.consume_probe import SEEN, Message, message, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually

_ROOM_FOR_THE_REST = 400  # bytes of key, headers and framing of the probe's record


async def test_the_body_of_the_largest_record_stays_at_its_origin(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name).open()
    await world.start({SEEN: [Facts(world.facts, row)]})
    good = message("probe_a", 1)
    body = b"{" * (kafka_clients.MAX_RECORD_BYTES - _ROOM_FOR_THE_REST)
    await world.publish([Message(good.key, body, good.headers), message("probe_b", 1)])

    async def stored() -> bool:
        return set(await world.rows()) == {"probe_b:1"} and len(await world.dead_letters()) == 1

    await eventually(stored, within=30)
    (letter,) = await dead.read(world.bootstrap, world.group)
    assert (BODY_LEFT, b"true") in letter.record.headers
    assert letter.reason == "not_json"
    assert letter.origin.startswith(world.topic)
    assert dead.judge(letter) == "body_at_origin"
    await world.close()
