"""A header key that is not UTF-8, from outside: aiokafka cannot read the record, and the rest must go on."""

import struct

from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from deploy.local.kafka import RunningKafka
from shared import kafka as kafka_clients
from shared.consume import Facts
from tests.support.consume_probe import SEEN, message, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually

_PLACEHOLDER = b"zzzz"
_CRC_AT, _CRC_FROM = (
    17,
    21,
)  # Kafka record batch v2: position of the checksum, and where what it covers begins


def unreadable_batch() -> bytes:
    """One record whose header key is not UTF-8. No client library makes one, so it is patched in."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=4096,
    )
    builder.append(0, timestamp=None, key=b"probe_x", value=b"{}", headers=[(_PLACEHOLDER.decode(), b"1")])
    batch = bytearray(builder.build().replace(_PLACEHOLDER, b"\xff\xfe\xff\xfe"))
    struct.pack_into(">I", batch, _CRC_AT, calc_crc32c(bytes(batch[_CRC_FROM:])))
    return bytes(batch)


async def produce_unreadable(world: RealWorld, partition: int) -> None:
    producer = kafka_clients.make_producer(world.bootstrap, client_id="outside")
    await kafka_clients.start(producer)
    await producer.partitions_for(world.topic)
    request = ProduceRequest(None, -1, 5000, [(world.topic, [(partition, unreadable_batch())])])
    answer = await producer.client.send(producer.client.cluster.brokers().pop().nodeId, request)
    await kafka_clients.stop(producer)
    ((_, ((_, error, *_rest),)),) = answer.topics
    assert error == 0


async def test_a_record_aiokafka_cannot_read_is_passed_over_and_costs_no_other(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    world = await RealWorld(kafka.bootstrap, fresh_database.url, fresh_database.name, partitions=3).open()
    await world.publish([message(f"probe_{n}", 1) for n in range(60)])
    for partition in (0, 1, 1):
        await produce_unreadable(world, partition)
    await world.publish([message(f"probe_{n}", 2) for n in range(60)])
    await world.start({SEEN: [Facts(world.facts, row)]})

    async def stored(count: int) -> bool:
        return len(await world.rows()) == count

    await eventually(lambda: stored(120), within=40)
    assert world.status()["unreadable"] == 3
    for partition in (0, 1, 2):
        await produce_unreadable(world, partition)
    await world.publish([message(f"probe_{n}", 3) for n in range(60)])
    await eventually(lambda: stored(180), within=40)
    await eventually(lambda: world.status()["unreadable"] == 6, within=20)
    await eventually(world.all_consumed)
    assert await world.dead_letters() == []
    await world.close()
