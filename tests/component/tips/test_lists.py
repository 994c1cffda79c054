"""Lists of tips: filters, pages, and nobody's area but one's own."""

from typing import Any

import pytest

from shared.web import write_cursor
from tests.component.tips.conftest import Desk


async def listed(desk: Desk, by: Any = None, **wanted: Any) -> list[str]:
    answer = await desk.http.get("/tips", params=wanted, headers=by or desk.officer())
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_pages_follow_one_another_without_gap_or_repeat(desk: Desk) -> None:
    made = [(await desk.received())["id"] for _ in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await desk.http.get("/tips", params=params, headers=desk.officer())).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]


async def test_filters_by_status_category_officer_and_area(desk: Desk) -> None:
    theft = (await desk.received())["id"]
    noise = (await desk.received(category="noise", area="99/99001/tdp-7"))["id"]
    await desk.walk(theft, ("classify", {"classification": "crime_report"}), ("assign", {"to": "officer-2"}))
    assert await listed(desk, status="classified") == [theft]
    assert await listed(desk, category="noise") == [noise]
    assert await listed(desk, assigned_to="officer-2") == [theft]
    assert await listed(desk, area="99/99001/tdp-7") == [noise]
    assert await listed(desk, area="99/99001") == [noise, theft]
    assert await listed(desk, overdue=True) == []
    assert await listed(desk, overdue=False) == [noise, theft]
    assert await listed(desk, **{"from": "2999-01-01T00:00:00Z"}) == []
    assert await listed(desk, to="2999-01-01T00:00:00Z") == [noise, theft]


async def test_other_areas_are_left_out_and_asking_for_them_is_refused(desk: Desk) -> None:
    await desk.received(area="99/99002/tdp-1")
    mine = (await desk.received())["id"]
    assert await listed(desk) == [mine]
    assert await listed(desk, area="99") == [mine]
    assert await listed(desk, by=desk.officer(areas=())) == []
    refused = await desk.http.get("/tips", params={"area": "99/99002"}, headers=desk.officer())
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "wanted",
    [
        {"cursor": "x"},
        {"cursor": write_cursor(["0001-01-01T00:00:00+14:00", "tip_x"])},
        {"status": "gone"},
        {"limit": 0},
        {"area": "$ne"},
    ],
)
async def test_a_question_with_a_fault_is_refused(desk: Desk, wanted: dict[str, Any]) -> None:
    answer = await desk.http.get("/tips", params=wanted, headers=desk.officer())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/query/")


async def test_a_list_needs_a_token_with_the_scope(desk: Desk) -> None:
    assert (await desk.http.get("/tips")).status_code == 401
    assert (await desk.http.get("/tips", headers=desk.officer("tips:handle"))).status_code == 403
