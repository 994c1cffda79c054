"""Attested figures: what is accepted, and how the qualifier is said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.analytics.domain.statistics import Statistic, check, range_in_words
from shared.contracts.vocabulary import Qualifier
from shared.errors import Invalid
from shared.folding import fold
from shared.places import known_areas, official_units
from shared.words import number, period_in_words, quantity

PLAIN = Statistic(
    indicator="outreach.participants",
    value=15000,
    unit="attendance",
    qualifier=Qualifier.MORE_THAN,
    period="2013-01-01/2023-08-11",
    start=date(2013, 1, 1),
    end=date(2023, 8, 11),
    area="legacy/mong-cai",
    reported_at=datetime(2026, 9, 14, tzinfo=UTC),
)


def statistic(**changes: Any) -> Statistic:
    return replace(PLAIN, **changes)


@pytest.mark.parametrize(
    ("changes", "vi", "en"),
    [
        ({}, "trên 15.000 lượt người", "over 15,000 attendances"),
        (
            {"value": 1000, "qualifier": Qualifier.APPROX_BELOW, "unit": "person"},
            "gần 1.000 người",
            "nearly 1,000 persons",
        ),
        ({"value": 1045, "qualifier": Qualifier.EXACT, "unit": "hộ"}, "1.045 hộ", "1,045 hộ"),
        ({"value": 95, "unit": "percent"}, "trên 95%", "over 95%"),
        ({"value": 28.6, "qualifier": Qualifier.APPROX, "unit": "percent"}, "khoảng 28,6%", "about 28.6%"),
        ({"value": 0, "qualifier": Qualifier.EXACT, "unit": "case"}, "0 vụ", "0 cases"),
        (
            {
                "value": None,
                "qualifier": Qualifier.ORDER_OF_MAGNITUDE,
                "unit": "tip",
                "low": 100,
                "high": 999,
            },
            "hàng trăm tin báo (100–999)",
            "hundreds of tips (100–999)",
        ),
    ],
)  # fmt: skip
def test_a_figure_is_never_shown_without_its_qualifier(changes: dict[str, Any], vi: str, en: str) -> None:
    assert quantity(statistic(**changes), "vi") == vi
    assert quantity(statistic(**changes), "en") == en


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"value": None}, "/value"),
        ({"value": None, "qualifier": Qualifier.ORDER_OF_MAGNITUDE}, "/range"),
        ({"low": 1, "high": 9}, "/range"),
        ({"qualifier": Qualifier.ORDER_OF_MAGNITUDE, "low": 9, "high": 1}, "/range"),
        ({"value": 1e13}, "/value"),
        ({"indicator": "Số hộ"}, "/indicator"),
    ],
)
def test_a_fault_is_named_by_its_pointer(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(statistic(**changes))
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


def test_zero_says_that_none_was_found_and_is_accepted() -> None:
    check(statistic(value=0, qualifier=Qualifier.EXACT))


def test_an_order_of_magnitude_is_read_from_the_quote() -> None:
    assert range_in_words("hàng trăm tin liên quan đến an ninh trật tự") == (100, 999)
    assert range_in_words("Hàng ngàn lượt") == (1000, 9999)
    assert range_in_words("102 tin") is None


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("2013-01-01/2023-08-11", "01/01/2013 – 11/08/2023"),
        ("2017-05-23/2017-05-23", "23/05/2017"),
        ("2026", "năm 2026"),
        ("2026-Q3", "quý 3 năm 2026"),
        ("2026-09", "tháng 9 năm 2026"),
        ("2026-W07", "tuần 7 năm 2026"),
    ],
)
def test_periods_are_said_in_words(text: str, vi: str) -> None:
    assert period_in_words(text, "vi") == vi


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (number(1234.5, "vi"), number(1234.5, "en")) == ("1.234,5", "1,234.5")


def test_names_are_folded_for_matching() -> None:
    assert fold("  Phường  ĐÔNG Hưng Thuận ") == "phuong dong hung thuan"
    assert fold("Phu\u031bo\u031b\u0300ng") == "phuong"


def test_the_seed_holds_every_unit_its_provinces_the_fiction_and_the_legacy_places() -> None:
    areas = list(known_areas())
    assert len({area.key for area in areas}) == len(areas) == 3321 + 34 + 2 + 3
    kinds = [area.kind for area in areas]
    assert kinds.count("province") == 35
    legacy = [area for area in areas if area.kind == "legacy"]
    assert not any(area.rolled_up for area in legacy)
    assert list(official_units([])) == []
