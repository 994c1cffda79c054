"""The same door on hexkit's DAO publisher, run with a Python of its own that has hexkit: it stores the
document unpublished, sends the change, then writes that it was published.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from hexkit.correlation import set_new_correlation_id
from hexkit.providers.mongokafka import MongoKafkaConfig, MongoKafkaDaoPublisherFactory
from pydantic import BaseModel

from shared.contracts.tip_submission import TipSubmission


class StoredTip(BaseModel):
    id: str
    status: str
    received_at: datetime
    submission: dict[str, Any]


def _event(tip: StoredTip) -> dict[str, Any]:
    told = ("area", "category", "channel", "identity_mode")
    return {
        **{name: tip.submission[name] for name in told},
        "state": tip.status,
        "received_at": tip.received_at.isoformat(),
    }


def create(config: MongoKafkaConfig, topic: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with MongoKafkaDaoPublisherFactory.construct(config=config) as factory:
            app.state.tips = await factory.get_dao(
                name="tips",
                dto_model=StoredTip,
                id_field="id",
                dto_to_event=_event,
                event_topic=topic,
                autopublish=True,
            )
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/tips", status_code=201)
    async def report(submission: TipSubmission) -> dict[str, str]:
        tip_id = f"tip_{uuid4().hex}"
        plain = submission.model_dump(mode="json")
        tip = StoredTip(id=tip_id, status="received", received_at=datetime.now(UTC), submission=plain)
        async with set_new_correlation_id():
            await app.state.tips.insert(tip)
        return {"id": tip_id, "status": "received"}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {}

    return app


def main() -> None:
    env = os.environ
    config = MongoKafkaConfig(
        mongo_dsn=f"{env['MONGO_URL']}&w=majority&journal=true",
        db_name=env["MONGO_DATABASE"],
        service_name="bench",
        service_instance_id="1",
        kafka_servers=[env["KAFKA_BOOTSTRAP_SERVERS"]],
    )
    app, port = create(config, env["TOPIC"]), int(env["PORT"])
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
