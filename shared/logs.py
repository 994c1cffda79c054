"""JSON lines on stdout, one a record, with correlation and trace ids. Never an address or personal data.

Libraries log through the same handler; of them only warnings and worse are kept, because their chatter
tells addresses.
"""

import logging
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.orjson import OrjsonFormatter

from shared.errors import LiengiaError

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)

_QUIET = ("uvicorn", "faststream", "aiokafka", "kafka", "httpx", "httpcore", "pymongo", "motor", "asyncio")
# Loggers that bring handlers of their own. FastStream makes one later unless it finds one.
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "faststream", "faststream.access.kafka")


def current_traceparent() -> str | None:
    """The W3C traceparent of the request or event being handled, for `Cause` and outgoing events."""
    return traceparent.get()


class _Formatter(OrjsonFormatter):
    def __init__(self, service: str) -> None:
        super().__init__("%(message)s")
        self._service = service

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["service"] = self._service
        if (correlation := correlation_id.get()) is not None:
            log_data["correlation_id"] = correlation
        if (trace := traceparent.get()) is not None:
            log_data["trace_id"] = trace.split("-")[1]
        super().add_fields(log_data, record, message_dict)
        log_data.pop("exc_info", None)
        log_data.pop("stack_info", None)
        if record.exc_info and record.exc_info[1] is not None:
            log_data["exception"] = _frames(record.exc_info[1])


def _frames(error: BaseException) -> dict[str, Any]:
    """Type and frames of `error` and of what caused it.

    Messages are left out, since drivers put documents, keys and addresses into theirs; our own are kept.
    """
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(chain) < 5:
        seen.add(id(current))
        link: dict[str, Any] = {"type": f"{type(current).__module__}.{type(current).__qualname__}"}
        if isinstance(code := getattr(current, "code", None), str | int):
            link["code"] = code
        if isinstance(current, LiengiaError):
            link["detail"] = current.detail
        link["frames"] = list(_where(current))[-20:]
        chain.append(link)
        current = current.__cause__ or current.__context__
    first = chain[0]
    if len(chain) > 1:
        first["causes"] = chain[1:]
    return first


def _where(error: BaseException) -> Iterable[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}"
        trace = trace.tb_next


def configure(service: str, level: str = "INFO") -> None:
    """Route all logging of this process to stdout as JSON lines. Repeating the call is harmless."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.captureWarnings(True)
    # What no line of ours shows need not be found out for each (logging's HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
