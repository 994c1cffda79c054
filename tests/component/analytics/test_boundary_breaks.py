"""Comparing across the day on which areas became other areas: the answer says so."""

from typing import Any

import pytest

from tests.component.analytics.conftest import World


async def breaks(world: World, **params: Any) -> list[Any]:
    """The break of each item of an answer, by group key."""
    items = await world.items(indicator="tip.received", **params)
    return [item["comparison"]["break"] for item in items]


async def test_a_year_ago_on_the_other_side_of_the_reform_names_its_day_its_law_and_why(world: World) -> None:
    (told,) = await breaks(world, area="99/99001", period="2026-03", compare="year_ago")
    assert told["on"] == "2025-07-01"
    assert "sáp nhập" in told["why"]["vi"]
    assert "merged" in told["why"]["en"]
    assert "202/2025/QH15" in told["source"]


@pytest.mark.parametrize(
    ("area", "period", "compare", "broken"),
    [
        ("99/99001", "2026-06", "year_ago", True),
        ("99/99001", "2026-07", "year_ago", False),
        ("99/99001", "2026", "year_ago", True),
        ("99/99001", "2025-07", "previous", True),
        ("99/99001", "2025-07", "year_ago", True),
        ("99/99001", "2025-06-30/2025-07-01", "previous", True),
        ("99/99001", "2025-06", "year_ago", False),
        ("99/99001/tdp-4", "2026-01", "year_ago", True),
        ("99", "2026-01", "year_ago", True),
        ("legacy/18841", "2026-01", "year_ago", True),
        ("legacy/18841", "2024", "year_ago", False),
        ("01", "2026-01", "year_ago", False),
        ("01/00004", "2026-01", "year_ago", True),
        (None, "2026-01", "year_ago", False),
    ],
)
async def test_a_break_is_told_where_the_area_changed_between_the_two_periods(
    world: World, area: str | None, period: str, compare: str, broken: bool
) -> None:
    params = {} if area is None else {"area": area}
    (told,) = await breaks(world, period=period, compare=compare, **params)
    assert (told is not None) == broken


async def test_days_of_a_period_are_broken_one_by_one(world: World) -> None:
    told = await breaks(
        world, area="99/99001", period="2026-06-29/2026-07-02", compare="year_ago", group_by="day"
    )
    assert [one is not None for one in told] == [True, True, False, False]


async def test_the_provinces_of_the_country_are_broken_each_by_itself(world: World) -> None:
    items = await world.items(indicator="tip.received", period="2026-01", compare="year_ago", group_by="area")
    assert {item["group"]["key"]: item["comparison"]["break"] is not None for item in items} == {
        "98": True,
        "99": True,
    }


async def test_an_answer_without_comparison_says_nothing_of_breaks(world: World) -> None:
    (item,) = await world.items(indicator="tip.received", area="99/99001", period="2025")
    assert "comparison" not in item
