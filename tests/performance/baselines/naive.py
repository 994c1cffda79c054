"""What one writes first: the same door and the same validation, an insert, then an awaited send.

`MODE=insert` leaves the send out. As durable as ours in each of the two writes (majority and journal,
`acks=all`); between them a crash loses the event, a repeat makes a second tip, and texts lie open.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.write_concern import WriteConcern

from shared.contracts.tip_submission import TipSubmission


def create(mongo_url: str, database: str, bootstrap: str, topic: str, *, send: bool) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = app.state.mongo = AsyncIOMotorClient(mongo_url)
        tips = client[database].get_collection("tips", write_concern=WriteConcern(w="majority", j=True))
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
        await producer.start()
        app.state.tips, app.state.producer = tips, producer
        yield
        await producer.stop()
        client.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/tips", status_code=201)
    async def report(submission: TipSubmission) -> dict[str, str]:
        tip_id, now = f"tip_{uuid4().hex}", datetime.now(UTC)
        document = {"_id": tip_id, "received_at": now, "status": "received"}
        await app.state.tips.insert_one({**document, **submission.model_dump(mode="json")})
        if send:
            event = {
                "area": submission.area,
                "state": "received",
                "category": submission.category,
                "channel": submission.channel,
                "identity_mode": submission.identity_mode,
                "received_at": now,
            }
            headers = [("ce_id", f"{tip_id}:1".encode()), ("ce_type", b"liengia.tip.received.v1")]
            await app.state.producer.send_and_wait(
                topic, orjson.dumps(event), tip_id.encode(), headers=headers
            )
        return {"id": tip_id, "status": "received"}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {}

    return app


def main() -> None:
    env = os.environ
    app = create(
        env["MONGO_URL"],
        env["MONGO_DATABASE"],
        env["KAFKA_BOOTSTRAP_SERVERS"],
        env["TOPIC"],
        send=env["MODE"] == "send",
    )
    port = int(env["PORT"])
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=30,
    )


if __name__ == "__main__":
    main()
