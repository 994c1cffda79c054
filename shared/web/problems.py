"""Problem details (RFC 9457): the one place where the error tree becomes HTTP.

`errors[].pointer` is a JSON Pointer (RFC 6901) into the body; faults outside the body start with
`/query`, `/path` or `/header`. No message ever repeats the value it complains about.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from shared.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    LiengiaError,
    NotFound,
    NotYet,
    RateLimited,
    Refused,
    TooLarge,
    Unauthorised,
    Unavailable,
    VersionMismatch,
    pointer,
)

MEDIA_TYPE = "application/problem+json"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Kind of error -> HTTP status; the first that fits, so the more special stand above.
_STATUS: tuple[tuple[type[LiengiaError], int], ...] = (
    (Invalid, 422),
    (Unauthorised, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (VersionMismatch, 412),
    (TooLarge, 413),
    (RateLimited, 429),
    (Refused, 400),
    (Unavailable, 503),
    (NotYet, 409),
)
# What pydantic puts before the words of a validator of ours.
_OURS = re.compile("^(?:Value error|Assertion failed), ")
_TITLES = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "This method is not offered here",
    406: "Not available in that form",
    408: "The body took too long",
    409: "Not possible as things stand",
    412: "Changed in the meantime",
    413: "The body is too large",
    415: "This kind of content is not taken here",
    422: "The input has faults",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available just now",
}
_CODES = {
    400: "bad_request",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    413: "payload_too_large",
    415: "unsupported_media_type",
    503: "unavailable",
}


class ProblemFault(BaseModel):
    pointer: str
    message: str


class Problem(BaseModel):
    """The body of every answer from 400 upwards."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemFault] = []


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An `application/problem+json` answer."""
    body = orjson.dumps(as_dict(status, code, detail, faults))
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


def as_dict(status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """The members of a problem, for an answer or for one item of a batch."""
    return {
        "type": f"urn:liengia:problem:{code}",
        "title": _TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"pointer": fault.pointer, "message": fault.message} for fault in faults],
    }


def status_of(error: LiengiaError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def error_as_dict(error: LiengiaError) -> dict[str, Any]:
    """The problem that says `error`, without its HTTP headers."""
    faults = error.faults if isinstance(error, Invalid) else ()
    return as_dict(status_of(error), error.code, error.detail, faults)


def from_error(error: LiengiaError) -> Response:
    """The answer that says `error`."""
    headers: dict[str, str] = {}
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = "Receipt" if error.code == "receipt_unknown" else "Bearer"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, NotYet | RateLimited):
        headers["Retry-After"] = str(getattr(error, "retry_after", 60))
    faults = error.faults if isinstance(error, Invalid) else ()
    return problem(status_of(error), error.code, error.detail, faults=faults, headers=headers)


def internal() -> Response:
    """The answer to a fault of our own; the log has the rest under the correlation id."""
    return problem(
        500,
        "internal_error",
        "The fault is ours and was recorded. Quote the X-Correlation-ID to ask about it.",
    )


def faults_of(error: ValidationError | RequestValidationError) -> tuple[Fault, ...]:
    """Pointers and messages of a pydantic error, without the values."""
    faults: list[Fault] = []
    for entry in error.errors():
        loc = list(entry["loc"])
        if isinstance(error, RequestValidationError):
            loc = loc[1:] if loc[:1] == ["body"] else [str(loc[0]), *loc[1:]] if loc else []
        faults.append(Fault(pointer(loc), _OURS.sub("", str(entry["msg"]))))
    return tuple(faults)


def invalid(error: ValidationError) -> Invalid:
    """A pydantic error on input that a service parsed itself."""
    return Invalid("The input has faults; see errors.", faults_of(error))


def install(app: FastAPI) -> None:
    """Make `app` answer every expected error as a problem."""
    app.add_exception_handler(LiengiaError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_error(request: Request, error: Exception) -> Response:
    return from_error(cast(LiengiaError, error))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    entries = cast(RequestValidationError, error).errors()
    if any(entry["type"] == "json_invalid" for entry in entries):
        place = next((part for part in entries[0]["loc"] if isinstance(part, int)), 0)
        return problem(
            400, "malformed_json", f"The body is not JSON: it cannot be read past character {place}."
        )
    if any(tuple(entry["loc"]) == ("body",) and isinstance(entry.get("input"), bytes) for entry in entries):
        return problem(
            415, "unsupported_media_type", "Send the body as application/json and say so in Content-Type."
        )
    faults = faults_of(cast(RequestValidationError, error))
    return problem(422, "validation_failed", "The input has faults; see errors.", faults=faults)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    raised = cast(HTTPException, error)
    status, headers = raised.status_code, dict(raised.headers or {})
    if status == 404:
        return problem(404, "not_found", "There is nothing at this address.")
    if status == 405:
        headers["Allow"] = ", ".join(_allowed(request.app, request.scope))
        return problem(
            405, "method_not_allowed", "See the Allow header for what is offered here.", headers=headers
        )
    if status == 413:
        return too_large()
    if status == 408:
        headers["Connection"] = "close"
    if status == 400:
        return problem(400, "malformed_body", "The body cannot be read.", headers=headers)
    return problem(
        status, _CODES.get(status, "http_error"), _TITLES.get(status, "The request failed"), headers=headers
    )


def too_large() -> Response:
    """413; the connection is closed so that the rest of the body need not be read."""
    headers = {"Connection": "close"}
    return problem(413, "payload_too_large", "The body is larger than this service takes.", headers=headers)


def _allowed(app: FastAPI, scope: Scope) -> list[str]:
    """All methods of the path: the router itself names only those of the first route that fits."""
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**scope, "method": method, "fastapi": {}})[0] is Match.FULL for route in app.routes
        )
    ]
