"""Logs are JSON lines that carry ids and nothing a person typed."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from faststream.kafka import KafkaBroker

from shared import logs
from shared.errors import Poison


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("tips")
    yield stream
    root.handlers[:], root.level = before


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_time_level_logger_service_and_both_ids(written: io.StringIO) -> None:
    correlation = logs.correlation_id.set("abc-12345")
    trace = logs.traceparent.set("00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    logging.getLogger("somewhere").info("counted %d", 3, extra={"route": "/tips"})
    logs.traceparent.reset(trace)
    logs.correlation_id.reset(correlation)
    (line,) = lines(written)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "somewhere",
        "service": "tips",
        "correlation_id": "abc-12345",
        "trace_id": "a" * 32,
        "message": "counted 3",
        "route": "/tips",
    }


def test_an_exception_is_one_field_without_the_message_of_a_driver(written: io.StringIO) -> None:
    try:
        try:
            raise ValueError("duplicate key { name: 'Nguyen Van A' }")
        except ValueError as error:
            raise Poison("the value is not JSON", code="not_json") from error
    except Poison:
        logging.getLogger("somewhere").exception("failed")
    assert "Nguyen" not in written.getvalue()
    (line,) = lines(written)
    assert line["exception"]["type"] == "shared.errors.Poison"
    assert line["exception"]["code"] == "not_json"
    assert line["exception"]["detail"] == "the value is not JSON"
    assert line["exception"]["causes"][0]["type"] == "builtins.ValueError"
    assert any("test_logs.py" in frame for frame in line["exception"]["frames"])


def test_the_libraries_write_json_too_and_only_warnings(written: io.StringIO) -> None:
    KafkaBroker("127.0.0.1:1")
    for name in ("uvicorn.error", "aiokafka.conn", "faststream.access.kafka", "pymongo"):
        logging.getLogger(name).info("chatter from 127.0.0.1")
        logging.getLogger(name).warning("trouble")
    assert [(line["logger"], line["message"]) for line in lines(written)] == [
        ("uvicorn.error", "trouble"),
        ("aiokafka.conn", "trouble"),
        ("faststream.access.kafka", "trouble"),
        ("pymongo", "trouble"),
    ]
