"""How answers are written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from shared.contracts.vocabulary import MessageAuthor
from shared.web import etag


class FirstDeadline(BaseModel):
    """`provisional`: the calendar of that day is not published yet, so the deadline may move."""

    clock: str
    due_at: datetime
    provisional: bool


class AcceptedReport(BaseModel):
    """What a reporter or an integration gets. The code is told here and nowhere else."""

    id: str
    receipt_code: str
    status: Literal["received"]
    clocks: list[FirstDeadline]


class PostedMessage(BaseModel):
    """`number` counts the messages of the tip."""

    number: int
    author: MessageAuthor
    at: datetime


def answer(
    body: Any, status: int = 200, *, version: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer; `version` becomes its ETag. Absent members are `null`, times RFC 3339 in UTC."""
    sent = dict(headers or {})
    if version is not None:
        sent["ETag"] = etag(version)
    written = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    return Response(written, status, headers=sent, media_type="application/json")
