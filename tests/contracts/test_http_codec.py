from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings import http as independent
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.events import BATCH, STRUCTURED, Event, from_http, items_from_http, to_structured
from tests.contracts.examples import event, events

# The JSON format's own example of a batch (cloudevents/spec v1.0.2, json-format.md, section 4).
SPEC_BATCH: list[dict[str, Any]] = [
    {
        "specversion": "1.0",
        "type": "com.example.someevent",
        "source": "/mycontext/4",
        "id": "B234-1234-1234",
        "time": "2018-04-05T17:31:00Z",
        "comexampleextension1": "value",
        "comexampleothervalue": 5,
        "datacontenttype": "application/json",
        "data": {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
    },
    {
        "specversion": "1.0",
        "type": "com.example.someotherevent",
        "source": "/mycontext/9",
        "id": "C234-1234-1234",
        "time": "2018-04-05T17:31:05Z",
        "data": {"appinfoC": False},
    },
]


def faults(headers: dict[str, str], body: bytes) -> list[str]:
    with pytest.raises(Invalid) as caught:
        from_http(headers, body)
    return [fault.pointer for fault in caught.value.faults]


@given(events)
def test_a_structured_request_holds_the_event_that_was_sent(sent: Event) -> None:
    assert from_http({"Content-Type": STRUCTURED}, orjson.dumps(to_structured(sent))) == [sent]


def test_the_example_batch_of_the_standard_is_read() -> None:
    first, second = from_http({"content-type": BATCH}, orjson.dumps(SPEC_BATCH))
    assert (first.id, first.data["appinfoB"], first.subject) == ("B234-1234-1234", 123, "B234-1234-1234")
    assert second.time == datetime(2018, 4, 5, 17, 31, 5, tzinfo=UTC)


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_we_understand_what_an_independent_client_posts(mode: str) -> None:
    attributes = {
        "id": "zl 1", "type": "liengia.pledge_submitted.v1", "source": "/integrations/zalo",
        "subject": "Bình Minh",
        "time": datetime(2026, 9, 14, 5, 10, tzinfo=UTC), "datacontenttype": "application/json",
    }  # fmt: skip
    to = independent.to_binary_event if mode == "binary" else independent.to_structured_event
    message = to(CloudEvent(attributes, {"area": "99/99001"}))
    (read,) = from_http(message.headers, message.body)
    assert (read.id, read.subject, read.data) == ("zl 1", "Bình Minh", {"area": "99/99001"})


def test_a_batch_answers_item_by_item() -> None:
    broken = {**SPEC_BATCH[0], "time": "yesterday"}
    items = items_from_http({"content-type": BATCH}, orjson.dumps([SPEC_BATCH[0], broken, SPEC_BATCH[1], 5]))
    assert [type(item) for item in items] == [Event, Invalid, Event, Invalid]
    assert isinstance(items[1], Invalid)
    assert items[1].faults[0].pointer == "/1/time"


def test_a_batch_read_as_a_whole_names_every_fault() -> None:
    body = orjson.dumps([{**SPEC_BATCH[0], "id": ""}, SPEC_BATCH[1], {**SPEC_BATCH[1], "specversion": "0.3"}])
    assert faults({"content-type": BATCH}, body) == ["/0/id", "/2/specversion"]


def test_a_request_that_is_no_cloud_event_is_refused() -> None:
    assert faults({"content-type": "application/json"}, b"{}") == [""]
    assert faults({"content-type": STRUCTURED}, b"{") == [""]
    assert faults({"content-type": STRUCTURED}, b"[]") == [""]
    assert faults({"content-type": BATCH}, b"{}") == [""]
    assert faults({"content-type": "application/cloudevents+xml"}, b"<x/>") == [""]


def test_a_time_left_out_is_the_moment_of_receipt() -> None:
    body = orjson.dumps({name: value for name, value in SPEC_BATCH[0].items() if name != "time"})
    received = datetime(2026, 9, 14, tzinfo=UTC)
    assert from_http({"content-type": STRUCTURED}, body, received_at=received)[0].time == received
    assert faults({"content-type": STRUCTURED}, body) == ["/time"]


def test_data_in_base64_is_read() -> None:
    body = {**to_structured(event()), "data_base64": "eyJhIjoxfQ=="}
    del body["data"]
    assert from_http({"content-type": STRUCTURED}, orjson.dumps(body))[0].data == {"a": 1}
    body["data_base64"] = "eyJhIjoxfQ"
    assert faults({"content-type": STRUCTURED}, orjson.dumps(body)) == ["/data_base64"]


_header = st.text(st.characters(max_codepoint=255), max_size=30)


@given(
    st.dictionaries(
        st.sampled_from(["ce-id", "ce-type", "ce-source", "ce-specversion", "ce-time", "traceparent"]),
        _header,
    ),
    st.sampled_from(["", "application/json", "application/jose", STRUCTURED, BATCH, "text/plain"]),
    st.binary(max_size=40) | st.sampled_from([b"{}", b"[{}]", b'[{"id": {}}]', b'"x"']),
)
def test_arbitrary_requests_become_events_or_a_refusal(
    headers: dict[str, str], kind: str, body: bytes
) -> None:
    try:
        read = from_http({**headers, "content-type": kind}, body)
    except Invalid:
        return
    assert all(isinstance(item, Event) for item in read)
