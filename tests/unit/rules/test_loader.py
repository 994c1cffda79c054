"""The rule file: what is in it, what is refused, and which profile a day has."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.errors import Invalid
from shared.rules import load
from shared.rules.loader import RULES_FILE

Raw = dict[str, Any]


@pytest.fixture
def raw() -> Raw:
    content: Raw = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return content


def written(tmp_path: Path, content: Raw) -> Path:
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def two_profiles(raw: Raw, *, first_ends: str | None, second_begins: str) -> Raw:
    first = raw["profiles"][0]
    second = {**first, "id": "vn-2026-10", "valid_from": datetime.fromisoformat(second_begins).date()}
    ends = None if first_ends is None else datetime.fromisoformat(first_ends).date()
    return {"profiles": [second, {**first, "valid_to": ends}]}


def test_the_committed_rules_load_and_say_what_the_law_file_says() -> None:
    profile = load().of("vn-2025-03")
    assert profile.tips.clocks["report_up"].remote_area == "PT24H"
    assert profile.tips.clocks["decide"].complex_max_total == "P2M"
    assert profile.tips.appeal_window == "P7D"
    assert profile.tips.warn_at_share == 0.75
    assert profile.mediation.team.min_women == 1


def test_the_profile_is_chosen_by_the_local_day_of_receipt(tmp_path: Path, raw: Raw) -> None:
    rules = load(written(tmp_path, two_profiles(raw, first_ends="2026-09-30", second_begins="2026-10-01")))
    last_second = datetime.fromisoformat("2026-09-30T23:59:59+07:00")
    assert rules.on(last_second).id == "vn-2025-03"
    assert rules.on(datetime.fromisoformat("2026-09-30T17:00:00+00:00")).id == "vn-2026-10"
    assert rules.of("vn-2025-03").id == "vn-2025-03"


def test_a_day_without_a_profile_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        load().on(datetime.fromisoformat("2025-02-28T23:59:59+07:00"))
    assert refused.value.code == "no_rule_profile"


def test_a_profile_that_is_not_loaded_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        load().of("vn-1999")
    assert refused.value.code == "no_rule_profile"


def test_overlapping_profiles_are_refused(tmp_path: Path, raw: Raw) -> None:
    for ends in (None, "2026-10-01"):
        with pytest.raises(Invalid, match="overlap"):
            load(written(tmp_path, two_profiles(raw, first_ends=ends, second_begins="2026-10-01")))


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        (("tips", "clocks", "reply", "within"), "3 days", "/profiles/0/tips/clocks/reply/within"),
        (("tips", "clocks", "reply", "whitin"), "P3D", "/profiles/0/tips/clocks/reply/whitin"),
        (("tips", "clocks", "reply", "within"), "PT3H", "/profiles/0/tips/clocks/reply"),
        (("tips", "appeal_window"), 7, "/profiles/0/tips/appeal_window"),
        (("tips", "warn_at_share"), 1.5, "/profiles/0/tips/warn_at_share"),
        (("calendar", "timezone"), "Asia/Saigon_City", "/profiles/0/calendar/timezone"),
        (("calendar", "holidays"), ["2026-13-01"], "/profiles/0/calendar/holidays/0"),
        (("calendar", "swap_working_days"), ["2026-02-27"], "/profiles/0/calendar"),
        (("mediation", "team", "min_members"), 0, "/profiles/0/mediation/team/min_members"),
    ],
)
def test_every_fault_is_named_by_its_place(
    tmp_path: Path, raw: Raw, place: tuple[str, ...], value: object, pointer: str
) -> None:
    part = raw["profiles"][0]
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    with pytest.raises(Invalid) as refused:
        load(written(tmp_path, raw))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert refused.value.code == "bad_rules"


@pytest.mark.parametrize("text", ["profiles: [", "[]", "profiles: {}", "profiles: []"])
def test_a_file_without_profiles_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        load(file)
    assert refused.value.code == "bad_rules"
