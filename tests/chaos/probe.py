"""One report at a time, to one door, asked once: for faults that look at the answer itself."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

from tests.chaos.journeys import next_mark
from tests.chaos.stage import Stage
from tests.support.system import report


async def post_report(
    stage: Stage, client: httpx.AsyncClient, more: Mapping[str, Any] | None = None
) -> httpx.Response:
    """The answer of a replica of tips, in the ledger when it is a yes. Raises httpx.TransportError."""
    key, mark = str(uuid4()), next_mark()
    stage.ledger.ask("tip", key, mark=mark)
    door = stage.system.of("tips")[0].url
    body = report(occurred_at=mark, **(more or {}))
    answer = await client.post(f"{door}/tips", json=body, headers={"Idempotency-Key": key})
    if answer.status_code == 201:
        stage.ledger.accept("tip", answer.json()["id"], mark=mark)
    return answer
