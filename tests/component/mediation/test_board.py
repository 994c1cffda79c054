"""The board of a team head: what stands on it, for whom, and that nobody can be made out from it."""

from datetime import timedelta

import pytest

from shared.places import place_name
from tests.component.mediation.conftest import AREA, WARD, Desk

PARTIES = ("Nguyễn Văn Khuê", "Trần Thị Hạnh")


async def board(desk: Desk, **params: str) -> str:
    answer = await desk.http.get("/partials/board", params=params, headers=desk.head)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_page_itself_holds_no_case(desk: Desk) -> None:
    case_id, _ = await desk.opened(*PARTIES)
    page = await desk.http.get("/board")
    assert page.status_code == 200
    assert case_id not in page.text
    assert "tel:113" in page.text


@pytest.mark.parametrize(
    ("scopes", "areas", "asked", "status"),
    [
        (("mediation:read",), (WARD,), WARD, 403),
        (("mediation:handle",), (WARD,), WARD, 403),
        (("mediation:head",), ("98",), WARD, 403),
        (("mediation:head",), (WARD,), "99001", 422),
        (("mediation:head",), (WARD,), WARD, 200),
    ],
)
async def test_only_the_head_of_the_area_sees_it(
    desk: Desk, scopes: tuple[str, ...], areas: tuple[str, ...], asked: str, status: int
) -> None:
    headers = desk.token(*scopes, sub="someone", areas=areas)
    answer = await desk.http.get("/partials/board", params={"area": asked}, headers=headers)
    assert answer.status_code == status


async def test_nobody_sees_it_without_a_token(desk: Desk) -> None:
    assert (await desk.http.get("/partials/board")).status_code == 401


async def test_a_case_stands_there_with_what_may_be_done_and_without_anybodys_name(desk: Desk) -> None:
    case_id, _ = await desk.opened(*PARTIES)
    shown = await board(desk)
    for words in (case_id, place_name(AREA), "Ranh giới đất", "Mới nhận, cần xét phạm vi", "Xét phạm vi"):
        assert words in shown, words
    assert not any(part in shown for name in PARTIES for part in name.split())
    assert "Check the scope" in await board(desk, lang="en")


async def test_a_deadline_missed_is_said_in_words(desk: Desk) -> None:
    team_id = await desk.team()
    case_id, _ = await desk.opened(*PARTIES)
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
    )
    assert "<strong>1</strong> Chưa có hòa giải viên" in await board(desk)
    await desk.walk(case_id, ("assignments", {"team_id": team_id, "mediator": 1}))
    shown = await board(desk)
    assert "<strong>0</strong> Chưa có hòa giải viên" in shown
    assert "<strong>0</strong> Quá hạn" in shown
    desk.clock.ahead = timedelta(days=10)
    shown = await board(desk)
    assert "<strong>1</strong> Quá hạn" in shown
    assert "</span> Quá hạn</p>" in shown


async def test_it_can_be_narrowed_to_an_area_and_closed_cases_are_gone(desk: Desk) -> None:
    here, _ = await desk.opened()
    there, _ = await desk.opened(area="99/99001/tdp-7")
    narrowed = await board(desk, area="99/99001/tdp-7")
    assert there in narrowed
    assert here not in narrowed
    await desk.walk(there, ("withdraw", {"party": 1}))
    assert "Không có việc nào đang mở." in await board(desk, area="99/99001/tdp-7")
