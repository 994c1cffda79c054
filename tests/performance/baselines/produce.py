"""A bare producer: events from memory, awaited by waves of 500. Begins when a line comes in."""

import asyncio
import os
import sys
from uuid import uuid4

import orjson
import uvloop
from aiokafka import AIOKafkaProducer

_WAVE = 500
# As large as what tips tells of a report.
_DATA = {
    "area": "99/99001/tdp-4",
    "state": "received",
    "category": "noise",
    "received_at": "2026-09-02T07:00:00.000000Z",
    "notify": ["role:ward_police/99/99001/duty_officer"],
    "channel": "web",
    "identity_mode": "protected",
    "deadlines": dict.fromkeys(("acknowledge", "verify", "resolve"), "2026-09-02T08:00:00.000000Z"),
    "profile": "vn-2026-07-01",
}


async def produce(bootstrap: str, topic: str, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for first in range(0, count, _WAVE):
        sent = [await _send(producer, topic) for _ in range(min(_WAVE, count - first))]
        await asyncio.gather(*sent)
    await producer.stop()


async def _send(producer: AIOKafkaProducer, topic: str) -> "asyncio.Future[object]":
    key = f"tip_{uuid4().hex}"
    headers = [
        ("ce_id", f"{key}:1".encode()),
        ("ce_type", b"liengia.tip.received.v1"),
        ("ce_source", b"/services/tips"),
        ("ce_subject", key.encode()),
        ("ce_specversion", b"1.0"),
    ]
    sent: asyncio.Future[object] = await producer.send(
        topic, orjson.dumps(_DATA), key.encode(), headers=headers
    )
    return sent


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        env = os.environ
        runner.run(produce(env["KAFKA_BOOTSTRAP_SERVERS"], env["TOPIC"], int(env["COUNT"])))


if __name__ == "__main__":
    main()
