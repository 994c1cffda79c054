"""Events for codec tests."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.events import Event

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def event(**changes: Any) -> Event:
    fields: dict[str, Any] = {
        "id": "tip_a:1",
        "type": "liengia.tip.received.v1",
        "source": "/services/tips",
        "subject": "tip_a",
        "time": datetime(2026, 9, 14, 5, 10, 0, 123456, tzinfo=UTC),
        "sequence": 1,
        "data": {"area": "99/99001", "state": "received", "text": "Phường Bình Minh"},
        "traceparent": TRACEPARENT,
        "dataschema": "urn:liengia:schemas:liengia.tip.received.v1",
    }
    return Event(**{**fields, **changes})


_attribute = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_attribute, inner, max_size=3),
    max_leaves=8,
)
events = st.builds(
    Event,
    id=_attribute,
    type=_attribute,
    source=_attribute,
    subject=_attribute,
    time=st.datetimes(timezones=st.just(UTC)),
    sequence=st.none() | st.integers(1, 2**53 - 1),
    data=st.dictionaries(_attribute, _json, max_size=4),
    traceparent=st.none() | st.just(TRACEPARENT),
    dataschema=st.none() | _attribute,
)
