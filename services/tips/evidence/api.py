"""Evidence over HTTP: a file is the body itself, and streams both ways."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from services.tips.evidence import usecases
from services.tips.evidence.usecases import Seen, Sent, Shelf
from services.tips.tip.api import Answer, Called
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Evidence
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.bench import Bench
from shared.contracts.vocabulary import AttachmentKind, MessageAuthor
from shared.errors import Invalid
from shared.web import IdempotencyKey, answer
from shared.web.conditional import etag
from shared.web.limits import Uploads

Number = Annotated[int, Path(ge=1, le=10_000, description="The file's number within its tip")]
UPLOADS = Uploads(
    re.compile(r"/reporter/attachments|/tips/[^/]+/evidence"), limit=LIMITS.file_bytes, seconds=900
)
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""The body is the file, whatever type it is sent as: what it is, its content says."""


FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class AddedFile(Answer):
    """`size` is that of the copy without metadata."""

    number: int
    kind: AttachmentKind
    at: datetime
    size: int


class EvidenceShown(Answer):
    """`sha256` is that of the file as it came; `original_kept` is false for what an anonymous reporter
    sent."""

    number: int
    author: MessageAuthor
    at: datetime
    kind: AttachmentKind
    media_type: str
    size: int
    sha256: str | None
    original_kept: bool


class Handled(Answer):
    at: datetime
    actor: str
    what: Literal["information_added", "evidence_seen"]
    which: Literal["copy", "original"] | None


class Custody(EvidenceShown):
    items: list[Handled]


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises Invalid `broken_off` when its sender is gone before its end."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise Invalid("The file did not come whole.", code="broken_off") from None


def added(evidence: Evidence) -> dict[str, Any]:
    return {
        "number": evidence.number,
        "kind": evidence.kind,
        "at": evidence.at,
        "size": evidence.copy.size,
    }


def routes(bench: Bench, shelf: Shelf) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}/evidence", tags=["evidence"])

    @router.post("", status_code=201, summary="Add a file", response_model=AddedFile, openapi_extra=BODY)
    async def add(request: Request, call: Called, idempotency_key: IdempotencyKey) -> Response:
        """At most 100 MB: JPEG, PNG, WebP, PDF, MP4, WebM, MP3, OGG or WAV, told by content. 422
        `unsupported_file`, `file_not_clean`; 409 `too_many_files`.
        """
        mark = identifiers.mark_of(bench.secrets, call.tip_id, call.caller.name, idempotency_key)
        sent = Sent(MessageAuthor.OFFICER, pieces(request), mark)
        return answer(added(await usecases.add_by_officer(bench, shelf, call, sent)), 201)

    @router.get(
        "/{number}", summary="The copy without metadata", response_class=StreamingResponse, responses=FILE
    )
    async def copy(call: Called, number: Number) -> Response:
        """Every look goes into the history, and so changes the tip's version."""
        return _file(await usecases.look(bench, shelf, call, number=number, which="copy"))

    @router.get(
        "/{number}/original",
        summary="As it came (tips:supervise)",
        response_class=StreamingResponse,
        responses=FILE,
    )
    async def original(call: Called, number: Number) -> Response:
        """It may say who its sender is, and may be dangerous to open. Every look goes into the history."""
        return _file(await usecases.look(bench, shelf, call, number=number, which="original"))

    @router.get("/{number}/custody", summary="Who added it, who saw it", response_model=Custody)
    async def custody(call: Called, number: Number) -> Response:
        return answer(await usecases.custody(bench, call, number=number))

    return router


def _file(seen: Seen) -> Response:
    """Never shown in place by a browser, whatever it claims to be."""
    headers = {
        "Content-Length": str(seen.size),
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "ETag": etag(seen.version),
    }
    return StreamingResponse(seen.pieces, media_type=seen.media_type, headers=headers)
