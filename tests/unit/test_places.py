"""How the key of an area reads to people."""

import pytest

from shared.places import place_name


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("01", "Thành phố Hà Nội"),
        ("01/00004", "Phường Ba Đình, Thành phố Hà Nội"),
        ("99/99001/tdp-4", "tdp-4, Phường Bình Minh (giả định), Tỉnh Giả Định"),
        ("legacy/mong-cai", "TP Móng Cái, Quảng Ninh"),
        ("97/97001/tdp-1", "97/97001/tdp-1"),
    ],
)
def test_a_place_is_named_with_what_is_around_it_and_an_unknown_one_by_its_key(key: str, name: str) -> None:
    assert place_name(key) == name
