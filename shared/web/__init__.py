"""The web kit: what a service calls to answer HTTP. `create_app` makes the application, `serve` runs it."""

from shared.web.access import Caller, MaybeCaller, ReceiptCode
from shared.web.answers import answer
from shared.web.app import create_app
from shared.web.conditional import IfMatch, etag
from shared.web.direct import DirectRoute
from shared.web.events import Intake, events_routes
from shared.web.health import Draining
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Paging, listed, read_cursor, write_cursor
from shared.web.serve import serve
from shared.web.supervise import supervise, supervised

__all__ = [
    "Caller",
    "DirectRoute",
    "Draining",
    "IdempotencyKey",
    "IfMatch",
    "Intake",
    "MaybeCaller",
    "Paging",
    "ReceiptCode",
    "answer",
    "create_app",
    "etag",
    "events_routes",
    "listed",
    "read_cursor",
    "serve",
    "supervise",
    "supervised",
    "write_cursor",
]
