import re

import pytest

from shared.areas import AREA_PATTERN, WARD_OR_BELOW_PATTERN, area_covers


@pytest.mark.parametrize(
    ("prefix", "area"),
    [
        ("99", "99/99001/tdp-4"),
        ("99/99001", "99/99001"),
        ("99/99001", "99/99001/tdp-4"),
        ("legacy", "legacy/18841"),
    ],
)
def test_an_area_covers_itself_and_what_lies_in_it(prefix: str, area: str) -> None:
    assert area_covers(prefix, area)


@pytest.mark.parametrize(
    ("prefix", "area"),
    [
        ("99/9900", "99/99001"),
        ("9", "99/99001"),
        ("99/99001/tdp-4", "99/99001/tdp-41"),
        ("99/99001/tdp-4", "99/99001"),
        ("99/99001", "99"),
        ("", "99/99001"),
        ("", ""),
        ("99/", "99/99001"),
    ],
)
def test_an_area_covers_nothing_else(prefix: str, area: str) -> None:
    assert not area_covers(prefix, area)


@pytest.mark.parametrize("area", ["99", "99/99001", "99/99001/tdp-4", "01/00004", "legacy/18841"])
def test_area_keys_of_the_platform_are_accepted(area: str) -> None:
    assert re.search(AREA_PATTERN, area)


@pytest.mark.parametrize(
    "area", ["", "9", "99/9900", "99//x", "99/99001/TDP 4", "99/99001/a/b", "legacy", "legacy/"]
)
def test_other_keys_are_not_areas(area: str) -> None:
    assert not re.search(AREA_PATTERN, area)


def test_a_report_names_at_least_its_ward() -> None:
    assert not re.search(WARD_OR_BELOW_PATTERN, "99")
    assert not re.search(WARD_OR_BELOW_PATTERN, "legacy/18841")
    assert re.search(WARD_OR_BELOW_PATTERN, "99/99001")
