"""No key of a stored document may act as an operator or a path, wherever it stands."""

from types import MappingProxyType
from typing import Any

import pytest

from shared.errors import Invalid
from shared.outbox.documents import check_fields


@pytest.mark.parametrize("key", ["$set", "a.b", "nul\0", 7])
@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        (lambda bad: {"told": bad}, "/told"),
        (lambda bad: {"told": {"deep": bad}}, "/told/deep"),
        (lambda bad: {"told": ["text", 1, bad]}, "/told/2"),
        (lambda bad: {"told": ({"in": [bad]},)}, "/told/0/in/0"),
        (lambda bad: {"told": MappingProxyType({"in": bad})}, "/told/in"),
        (lambda bad: MappingProxyType({"told": MappingProxyType(bad)}), "/told"),
    ],
)
def test_a_key_that_could_act_is_refused_with_its_place(key: Any, place: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_fields(place({key: "x"}))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_texts_may_hold_what_keys_may_not() -> None:
    check_fields({"text": "$set a.b \0", "list": ["$where", {"fine": "a.b"}], "none": None, "number": 1.5})
