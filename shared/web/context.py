"""The outermost layer of every request: ids, access log, metrics, security headers, the last catch.

Plain ASGI. Neither log nor metric holds an address, a user agent, a query or a raw path: paths hold ids, and
people put receipt codes where they do not belong.
"""

import logging
import re
import secrets
import time
import uuid

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import logs, metrics
from shared.web import problems

CORRELATION_HEADER = "X-Correlation-ID"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_CORRELATION_NAME = CORRELATION_HEADER.lower().encode()
_ON_ANSWERS, _ON_PAGES = (
    (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    )
    for policy in (API_POLICY, PAGE_POLICY)
)
_CORRELATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_PROBES = frozenset(("/healthz", "/readyz", "/metrics"))
_access = logging.getLogger("liengia.access")
_log = logging.getLogger(__name__)


def correlation_from(value: str | None) -> str:
    """The caller's correlation id when it is 8 to 64 harmless characters, else a new one."""
    return value if value is not None and _CORRELATION.fullmatch(value) else str(uuid.uuid4())


def continued(value: str | None) -> str:
    """A traceparent (W3C Trace Context, section 3.2) that continues `value`, or begins a new trace."""
    found = _TRACEPARENT.fullmatch(value) if value is not None else None
    span = secrets.token_hex(8)
    if found is None:
        return f"00-{secrets.token_hex(16)}-{span}-00"
    version, trace, parent, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace.strip("0") or not parent.strip("0"):
        return f"00-{secrets.token_hex(16)}-{span}-00"
    return f"00-{trace}-{span}-{int(flags, 16) & 1:02x}"


class Context:
    """Wraps a service's whole application; `service` names it in metrics."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        correlation = correlation_from(given.get(CORRELATION_HEADER))
        correlation_token = logs.correlation_id.set(correlation)
        trace_token = logs.traceparent.set(continued(given.get("traceparent")))
        began, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(message, correlation)
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception:
            _log.exception("a request failed")
            if status:
                raise
            await problems.internal()(scope, receive, dressed)
        finally:
            self._record(scope, status or 499, time.perf_counter() - began)
            logs.traceparent.reset(trace_token)
            logs.correlation_id.reset(correlation_token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count and log; 499 stands for a caller who left before an answer began."""
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        metrics.HTTP_REQUESTS.labels(self._service, method, route, str(status)).inc()
        metrics.HTTP_SECONDS.labels(self._service, method, route).observe(seconds)
        _access.log(
            logging.DEBUG if route in _PROBES and status < 400 else logging.INFO,
            "request",
            extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)},
        )


def _dress(message: Message, correlation: str) -> None:
    """Adds what every answer carries; what the handler set itself stays."""
    given = dict(message["headers"])
    always = _ON_PAGES if given.get(b"content-type", b"").startswith(b"text/html") else _ON_ANSWERS
    message["headers"] = [
        *message["headers"],
        *(header for header in always if header[0] not in given),
        (_CORRELATION_NAME, correlation.encode()),
    ]
