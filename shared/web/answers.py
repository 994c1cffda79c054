"""How JSON answers are written."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from shared.web.conditional import etag


def answer(
    body: Any, status: int = 200, *, version: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer; `version` becomes its ETag. Absent members are `null`, times RFC 3339 in UTC."""
    sent = dict(headers or {})
    if version is not None:
        sent["ETag"] = etag(version)
    written = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    return Response(written, status, headers=sent, media_type="application/json")
