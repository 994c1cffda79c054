"""A reporter follows a tip on `/track`: status, clocks, dialogue, rating, contest."""

import re
from datetime import timedelta

import httpx
import pytest

from services.tips.receipt.domain.codes import aloud, new_code
from tests.component.tips.conftest import Desk
from tests.component.tips.pages import faults, hidden, values
from tests.component.tips.test_reporter import TO_REPLIED


async def look(desk: Desk, code: str, **more: str) -> httpx.Response:
    return await desk.http.post("/track", data={"code": code, **more})


async def act(desk: Desk, page: httpx.Response, name: str, **fields: str) -> httpx.Response:
    """One of the page's forms, sent with the ticket that it carries."""
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    carried = {"ticket": hidden(page.text, "ticket"), "act": name, "token": token[1] if token else ""}
    return await desk.http.post("/track", data={**carried, **fields})


async def test_the_status_is_told_with_what_happens_next_and_every_clock_with_its_reason(desk: Desk) -> None:
    received = await desk.received()
    page = await look(desk, aloud(received["receipt_code"]))
    assert page.status_code == 200
    assert "Tin của bạn đã được tiếp nhận" in page.text
    assert re.search(r"Tiếp theo:</strong> Báo cáo và phân loại tin báo trước \d\d:\d\d ngày", page.text)
    seen = (
        await desk.http.get("/reporter/tip", headers={"Authorization": f"Receipt {received['receipt_code']}"})
    ).json()
    assert len(seen["clocks"]) >= 4
    for clock in seen["clocks"]:
        assert clock["why"]["vi"] in page.text


async def test_the_code_stands_on_no_page_in_no_address_and_in_no_cookie(desk: Desk) -> None:
    code = (await desk.received())["receipt_code"]
    page = await look(desk, code)
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert str(page.url) == "http://tips/track"
    for form in (code, aloud(code)):
        assert form not in page.text


async def test_an_unknown_code_and_no_code_at_all_get_one_page(desk: Desk) -> None:
    await desk.received()
    pages = [await look(desk, said) for said in (new_code(b"nobody has got this one"), "0912345678", "")]
    assert {page.status_code for page in pages} == {422}
    without_words = {re.sub(r"(<textarea[^>]*>)[^<]*", r"\1", page.text) for page in pages}
    assert len(without_words) == 1
    assert "Chưa tìm thấy tin nào với mã này" in pages[0].text


async def test_what_is_written_reaches_the_officer_once_however_often_it_is_sent(desk: Desk) -> None:
    received = await desk.received()
    await desk.call(received["id"], "messages", {"text": "Việc xảy ra khoảng mấy giờ?"})
    page = await look(desk, received["receipt_code"])
    assert "Việc xảy ra khoảng mấy giờ?" in page.text
    assert "Chờ trả lời của bạn" in page.text
    for _ in range(3):
        sent = await act(desk, page, "message", text="Khoảng 22 giờ\r\nđến 1 giờ")
        assert sent.status_code == 200
    assert "Đã gửi." in sent.text
    seen = (await desk.http.get(f"/tips/{received['id']}", headers=desk.officer())).json()
    assert [message["text"] for message in seen["messages"]] == [
        "Việc xảy ra khoảng mấy giờ?",
        "Khoảng 22 giờ\nđến 1 giờ",
    ]
    other = await act(desk, page, "message", text="Và thêm một điều")
    assert other.status_code == 409
    assert values(other.text)["text"] == "Và thêm một điều"
    assert (await act(desk, other, "message", text="Và thêm một điều")).status_code == 200


@pytest.mark.parametrize("text", [" ", "a" * 2001])
async def test_a_message_that_cannot_be_sent_says_so_beside_the_field(desk: Desk, text: str) -> None:
    page = await look(desk, (await desk.received())["receipt_code"])
    answer = await act(desk, page, "message", text=text)
    assert (answer.status_code, set(faults(answer.text))) == (422, {"text"})


async def test_a_reply_is_rated_once(desk: Desk) -> None:
    received = await desk.received()
    assert "Bạn thấy việc xử lý thế nào?" not in (await look(desk, received["receipt_code"])).text
    await desk.walk(received["id"], *TO_REPLIED)
    page = await look(desk, received["receipt_code"])
    assert "Chúng tôi đã xử lý." in page.text
    assert set(faults((await act(desk, page, "rate")).text)) == {"rating"}
    assert "Bạn đã chấm: Tốt." in (await act(desk, page, "rate", rating="4")).text
    again = await act(desk, page, "rate", rating="1")
    assert again.status_code == 409
    assert "Bạn đã chấm: Tốt." in again.text


async def test_an_outcome_is_contested_once_within_the_window(desk: Desk) -> None:
    received = await desk.received()
    await desk.walk(received["id"], *TO_REPLIED)
    page = await look(desk, received["receipt_code"])
    contested = await act(desk, page, "contest", reason="Chưa ai đến")
    assert "giao cho cán bộ khác" in contested.text
    assert "Chưa ai đến" in contested.text
    assert "Đề nghị xem xét lại" not in contested.text
    again = await act(desk, page, "contest")
    assert (again.status_code, "không còn làm được nữa" in again.text) == (409, True)


async def test_after_the_window_nothing_can_be_contested(desk: Desk) -> None:
    received = await desk.received()
    await desk.walk(received["id"], *TO_REPLIED)
    page = await look(desk, received["receipt_code"])
    assert "Đề nghị xem xét lại" in page.text
    desk.clock.ahead = timedelta(days=30)
    assert "Đề nghị xem xét lại" not in (await look(desk, received["receipt_code"])).text


async def test_a_page_left_open_asks_for_the_code_again_and_then_sends_what_was_typed(desk: Desk) -> None:
    received = await desk.received()
    page = await look(desk, received["receipt_code"])
    desk.clock.ahead = timedelta(minutes=21)
    late = await act(desk, page, "message", text="Tôi nhớ ra rồi")
    assert late.status_code == 422
    assert "Đã quá 20 phút" in late.text
    carried = {name: hidden(late.text, name) for name in ("act", "text", "token")}
    assert "Tôi nhớ ra rồi" in (await look(desk, received["receipt_code"], **carried)).text


@pytest.mark.parametrize("ticket", ["", "~", "k1.AAAA~1.BBBB", "a~b~c"])
async def test_a_ticket_of_ones_own_making_opens_nothing(desk: Desk, ticket: str) -> None:
    answer = await desk.http.post("/track", data={"ticket": ticket})
    assert answer.status_code == 422
    assert "tiếp nhận" not in answer.text


async def test_a_ticket_of_another_tip_cannot_be_put_together(desk: Desk) -> None:
    tickets = [
        hidden((await look(desk, (await desk.received())["receipt_code"])).text, "ticket") for _ in range(2)
    ]
    key, sealed = tickets[0].partition("~")[0], tickets[1].partition("~")[2]
    answer = await desk.http.post("/track", data={"ticket": f"{key}~{sealed}"})
    assert answer.status_code == 422


async def test_the_language_changes_without_asking_for_the_code(desk: Desk) -> None:
    page = await look(desk, (await desk.received())["receipt_code"])
    english = await act(desk, page, "look", language="en")
    assert "Your report has been received" in english.text
    assert '<html lang="en">' in english.text


async def test_a_tip_with_mediation_shows_its_join_code(desk: Desk) -> None:
    received = await desk.received(category="neighbour_dispute")
    scope = dict.fromkeys(
        ("state_or_public_interest", "must_be_prosecuted", "must_be_sanctioned", "barred_by_law"), False
    )
    await desk.walk(
        received["id"],
        ("classify", {"classification": "dispute", "dispute_type": "noise"}),
        ("refer-to-mediation", {"scope": scope, "reporter_is_party": False}),
    )
    page = await look(desk, received["receipt_code"])
    code = {"Authorization": f"Receipt {received['receipt_code']}"}
    joined = (await desk.http.get("/reporter/tip", headers=code)).json()["mediation"]
    assert joined["join_code"] in page.text
