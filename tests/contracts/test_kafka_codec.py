import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings import kafka as independent
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Poison
from shared.events import Event, from_kafka, to_kafka, to_structured
from tests.contracts.examples import event, events

_HEADER_NAMES = st.sampled_from(
    [
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_subject",
        "ce_time",
        "ce_specversion",
        "ce_sequence",
        "content-type",
    ]
) | st.text(max_size=20)
_HEADER_VALUES = (
    st.none()
    | st.binary(max_size=40)
    | st.sampled_from(
        [
            b"1.0",
            b"2026-09-14T05:10:00Z",
            b"application/json",
            b"application/cloudevents+json",
            b"application/jose",
            b"7",
        ]
    )
)


def changed(headers: list[tuple[str, bytes]], **values: bytes) -> list[tuple[str, bytes]]:
    return [(name, values.get(name.replace("-", "_"), value)) for name, value in headers]


def outcome(key: bytes | None, value: bytes | None, headers: Any) -> str:
    try:
        from_kafka(key, value, headers)
    except Poison as poison:
        return poison.code
    return "event"


def reason(key: bytes | None, value: bytes | None, headers: Any) -> str:
    with pytest.raises(Poison) as caught:
        from_kafka(key, value, headers)
    return caught.value.code


@given(events)
def test_an_event_comes_back_as_it_was_sent(sent: Event) -> None:
    assert from_kafka(*to_kafka(sent)) == sent


@given(events)
def test_structured_mode_holds_the_same_event(sent: Event) -> None:
    headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
    assert from_kafka(b"other key", orjson.dumps(to_structured(sent)), headers) == sent


def test_an_independent_reader_understands_what_we_write() -> None:
    key, value, headers = to_kafka(event())
    read = independent.from_binary_event(independent.KafkaMessage(dict(headers), key, value))
    assert (read.get_id(), read.get_type(), read.get_source(), read.get_subject()) == (
        "tip_a:1", "liengia.tip.received.v1", "/services/tips", "tip_a",
    )  # fmt: skip
    assert read.get_time() == event().time
    assert read.get_extension("sequence") == "1"
    assert read.get_datacontenttype() == "application/json"
    assert read.get_data() == event().data


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_we_understand_what_an_independent_writer_writes(mode: str) -> None:
    attributes = {
        "id": "zl-1", "type": "liengia.pledge_submitted.v1", "source": "/integrations/zalo", "subject": "p",
        "time": datetime(2026, 9, 14, 12, 10, tzinfo=timezone(timedelta(hours=7))),
        "datacontenttype": "application/json",
    }  # fmt: skip
    written = CloudEvent(attributes, {"area": "99/99001"})
    to = independent.to_binary_event if mode == "binary" else independent.to_structured_event
    message = to(written)
    read = from_kafka(b"p", message.value, list(message.headers.items()))
    assert read.time == datetime(2026, 9, 14, 5, 10, tzinfo=UTC)
    assert (read.id, read.subject, read.sequence, read.data) == ("zl-1", "p", None, {"area": "99/99001"})


@given(
    st.none() | st.binary(max_size=30),
    st.none() | st.binary(max_size=60) | st.just(b"{}"),
    st.lists(st.tuples(_HEADER_NAMES, _HEADER_VALUES), max_size=10),
)
@settings(max_examples=500)
def test_arbitrary_bytes_become_an_event_or_poison_and_nothing_else(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    assert outcome(key, value, headers) in {"event", "bad_headers", "no_value", "not_json", "schema"}


@given(
    st.dictionaries(
        st.sampled_from(sorted(to_structured(event()))),
        st.none() | st.text() | st.integers() | st.lists(st.text()),
    )
)
def test_arbitrary_structured_events_become_an_event_or_poison(changes: dict[str, Any]) -> None:
    body = json.dumps({**to_structured(event()), **changes}).encode()
    headers = [("content-type", b"application/cloudevents+json")]
    assert outcome(None, body, headers) in {"event", "bad_headers", "not_json", "schema"}


@pytest.mark.parametrize(
    "name",
    [
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_subject",
        "ce_time",
        "ce_sequence",
        "content_type",
    ],
)
def test_header_bytes_that_are_not_utf8_are_poison(name: str) -> None:
    key, value, headers = to_kafka(event())
    assert reason(key, value, changed(headers, **{name: b"\xff\xfe"})) == "bad_headers"


def test_foreign_binary_headers_do_no_harm() -> None:
    key, value, headers = to_kafka(event())
    assert from_kafka(key, value, [*headers, ("x-span", b"\xff\x00")]) == event()


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"])
def test_a_missing_attribute_is_poison(name: str) -> None:
    key, value, headers = to_kafka(event())
    assert reason(key, value, [header for header in headers if header[0] != name]) == "bad_headers"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1.5"),
        ("ce_sequence", b"9007199254740992"),
        ("ce_sequence", "١".encode()),
        ("ce_time", b"2026-09-14"),
        ("ce_time", b"2026-09-14T05:10:00"),
        ("ce_time", b"1789362600"),
        ("ce_time", b"0001-01-01T00:00:00+07:00"),
        ("ce_id", b""),
        ("ce_id", b"a\x00b"),
        ("ce_id", b"x" * 1025),
    ],
)
def test_a_malformed_attribute_is_poison(name: str, value: bytes) -> None:
    key, body, headers = to_kafka(event())
    assert reason(key, body, changed(headers, **{name: value})) == "bad_headers"


def test_an_attribute_that_comes_twice_is_poison() -> None:
    key, value, headers = to_kafka(event())
    assert reason(key, value, [*headers, ("ce_id", b"other")]) == "bad_headers"


def test_each_fault_of_the_value_has_its_reason() -> None:
    key, _, headers = to_kafka(event())
    assert reason(key, None, headers) == "no_value"
    assert reason(key, b"", headers) == "not_json"
    assert reason(key, b'{"area": "\xff"}', headers) == "not_json"
    assert reason(key, b"NaN", headers) == "not_json"
    assert reason(key, b"[1]", headers) == "schema"
    assert reason(key, b'"free text"', headers) == "schema"
    assert reason(key, b"{}", changed(headers, content_type=b"text/plain")) == "not_json"
    assert reason(key, b"[]", [("content-type", b"application/cloudevents-batch+json")]) == "not_json"


def test_a_malformed_trace_is_dropped_and_costs_nothing_else() -> None:
    key, value, headers = to_kafka(event())
    assert from_kafka(key, value, changed(headers, traceparent=b"nonsense")) == event(traceparent=None)


def test_a_sealed_event_carries_its_jwe_as_the_value() -> None:
    sent = event(type="liengia.tip.submitted.v1", sequence=None, data={}, sealed="eyJ.k.iv.ct.tag")
    key, value, headers = to_kafka(sent)
    assert value == b"eyJ.k.iv.ct.tag"
    assert dict(headers)["content-type"] == b"application/jose"
    assert from_kafka(key, value, headers) == sent
    assert reason(key, b"eyJ.k.iv.ct.tag\n", headers) == "schema"


def test_what_an_outside_sender_leaves_out_is_taken_from_the_record() -> None:
    received = datetime(2026, 9, 14, tzinfo=UTC)
    headers = [("ce_specversion", b"1.0"), ("ce_id", b"zl-1"), ("ce_type", b"t"), ("ce_source", b"/s")]
    read = from_kafka(b"the key", b"{}", headers, received_at=received)
    assert (read.subject, read.time) == ("the key", received)
    assert from_kafka(None, b"{}", headers, received_at=received).subject == "zl-1"


def test_the_reason_never_repeats_what_was_in_the_record() -> None:
    planted = b"Nguyen Van A 0912345678"
    key, _, headers = to_kafka(event())
    for value, with_headers in [
        (planted, headers),
        (b"{}", changed(headers, ce_time=planted)),
        (b"{}", changed(headers, ce_sequence=planted)),
        (b"{}", changed(headers, content_type=planted)),
    ]:
        with pytest.raises(Poison) as caught:
            from_kafka(key, value, with_headers)
        assert "Nguyen" not in caught.value.detail
        assert "0912345678" not in caught.value.detail
