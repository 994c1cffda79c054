"""A bare consumer: take a batch, one bulk insert, commit. No checks, no dead letters, no order, no lag."""

import asyncio
import os

import uvloop
from aiokafka import AIOKafkaConsumer
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.write_concern import WriteConcern


async def consume(mongo_url: str, database: str, bootstrap: str, topic: str, group: str) -> None:
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo_url)
    rows = client[database].get_collection(group, write_concern=WriteConcern(w="majority", j=True))
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    while True:
        batches = await consumer.getmany(timeout_ms=20, max_records=500)
        records = [record for batch in batches.values() for record in batch]
        if records:
            await rows.insert_many(
                [
                    {
                        "key": record.key,
                        "value": record.value,
                        "headers": [list(header) for header in record.headers],
                        "at": record.timestamp,
                    }
                    for record in records
                ],
                ordered=False,
            )
            await consumer.commit()


def main() -> None:
    env = os.environ
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(
            consume(
                env["MONGO_URL"],
                env["MONGO_DATABASE"],
                env["KAFKA_BOOTSTRAP_SERVERS"],
                env["TOPIC"],
                env["GROUP"],
            )
        )


if __name__ == "__main__":
    main()
