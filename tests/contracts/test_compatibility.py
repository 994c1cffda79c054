import copy
from pathlib import Path

import orjson
import pytest

from shared.contracts import __main__ as command
from shared.contracts.publish import compatibility, golden
from shared.contracts.publish.compatibility import Shapes, breaks, shapes_published, shapes_today
from shared.contracts.publish.readme import END, START, with_block

CLASSIFIED = "liengia.tip.classified.v1"


@pytest.fixture
def changed() -> Shapes:
    return copy.deepcopy(shapes_today())


def test_what_is_derived_from_the_contracts_is_not_stale() -> None:
    assert command.stale() == []


def test_every_golden_example_is_read_by_todays_models() -> None:
    assert command.faults_of_change() == []


def test_contracts_are_compatible_with_what_was_published() -> None:
    assert shapes_published()
    assert breaks(shapes_published(), shapes_today()) == []


def test_a_type_that_is_gone_breaks(changed: Shapes) -> None:
    del changed[CLASSIFIED]
    assert breaks(shapes_today(), changed) == [f"{CLASSIFIED}: the type is gone"]


def test_a_field_that_is_gone_breaks(changed: Shapes) -> None:
    del changed[CLASSIFIED]["/harm"]
    assert breaks(shapes_today(), changed) == [f"{CLASSIFIED}: /harm is gone"]


def test_a_new_required_field_breaks_and_an_optional_one_does_not(changed: Shapes) -> None:
    changed[CLASSIFIED]["/weight"] = {"types": ["integer"], "required": False}
    assert breaks(shapes_today(), changed) == []
    changed[CLASSIFIED]["/weight"]["required"] = True
    assert breaks(shapes_today(), changed) == [f"{CLASSIFIED}: /weight is new and required"]


def test_an_enumeration_may_grow_and_not_shrink(changed: Shapes) -> None:
    changed[CLASSIFIED]["/harm"]["enum"].append("averted")
    assert breaks(shapes_today(), changed) == []
    changed[CLASSIFIED]["/harm"]["enum"].remove("attempted")
    assert breaks(shapes_today(), changed) == [f"{CLASSIFIED}: /harm lost the value attempted"]


def test_a_new_type_of_value_breaks(changed: Shapes) -> None:
    changed[CLASSIFIED]["/received_at"]["types"] = ["integer"]
    assert breaks(shapes_today(), changed) == [
        f"{CLASSIFIED}: /received_at changed its type from string:date-time to integer"
    ]


def test_what_readers_rely_on_may_not_become_optional(changed: Shapes) -> None:
    changed[CLASSIFIED]["/category"]["required"] = False
    assert breaks(shapes_today(), changed) == [f"{CLASSIFIED}: /category is no longer sure to be there"]


def test_a_new_type_of_event_is_no_break(changed: Shapes) -> None:
    changed["liengia.tip.praised.v1"] = {"/area": {"types": ["string"], "required": True}}
    assert breaks(shapes_today(), changed) == []


def test_generating_refuses_to_publish_a_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: Shapes, capsys: pytest.CaptureFixture[str]
) -> None:
    changed[CLASSIFIED]["/mood"] = {"types": ["string"], "required": True}
    published = tmp_path / "published.json"
    published.write_bytes(orjson.dumps(changed))
    monkeypatch.setattr(compatibility, "PUBLISHED", published)
    assert command.main(["generate"]) == 1
    assert f"{CLASSIFIED}: /mood is gone" in capsys.readouterr().err


def test_an_example_that_is_no_longer_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = [golden.examples()[CLASSIFIED][0]]
    old["data"]["harm"] = "averted"
    folder = tmp_path / CLASSIFIED
    folder.mkdir()
    (folder / "1.json").write_bytes(orjson.dumps(old))
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    (fault,) = golden.broken_examples()
    assert fault.startswith(f"golden example {CLASSIFIED}/1 is not read any more")


def test_the_topic_block_replaces_only_what_stands_between_its_marks() -> None:
    text = with_block(f"before\n{START}\nold\n{END}\nafter\n")
    assert text is not None
    assert text.startswith(f"before\n{START}\n```mermaid")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert with_block("no marks") is None
