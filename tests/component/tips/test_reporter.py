"""The reporter follows their tip by its code, talks with the officer, rates and contests."""

import asyncio
import unicodedata
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from services.tips.receipt.domain.codes import LENGTH, aloud, new_code
from services.tips.receipt.domain.words import WORDS
from shared.web.access import LONGEST_CODE
from tests.component.tips.conftest import Desk, fresh_key

TO_REPLIED: list[tuple[str, Any]] = [
    ("classify", {"classification": "admin_violation"}),
    ("assign", {"to": "officer-1"}),
    ("resolve", {"note": "Đã nhắc nhở"}),
    ("reply", {"text": "Chúng tôi đã xử lý."}),
]


def code_of(received: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Receipt {received['receipt_code']}"}


async def look(desk: Desk, code: str) -> httpx.Response:
    return await desk.http.get("/reporter/tip", headers={b"Authorization": f"Receipt {code}".encode()})


async def test_the_status_is_told_in_plain_words_of_both_languages(desk: Desk) -> None:
    received = await desk.received()
    seen = (await look(desk, received["receipt_code"])).json()
    assert seen["status"] == "received"
    assert "tiếp nhận" in seen["status_text"]["vi"]
    assert "received" in seen["status_text"]["en"]
    assert {clock["clock"] for clock in seen["clocks"]} >= {"report_up", "handover", "decide", "reply"}


async def test_case_spaces_hyphens_and_marks_in_a_code_do_not_matter(desk: Desk) -> None:
    code = (await desk.received())["receipt_code"]
    spoken = aloud(code)
    for said in (
        code.upper(),
        code.replace("-", " "),
        code.replace("-", ""),
        "  " + code.replace("-", ", ") + "  ",
        spoken,
        unicodedata.normalize("NFD", spoken),
        quote(spoken),
    ):
        assert (await look(desk, said)).status_code == 200, said


def test_a_code_may_be_sent_with_every_mark_percent_encoded() -> None:
    longest = max(len(quote(unicodedata.normalize(form, word))) for form in ("NFC", "NFD") for word in WORDS)
    assert LENGTH * longest + (LENGTH - 1) * len(quote(", ")) <= LONGEST_CODE


async def test_an_unknown_code_and_no_code_at_all_get_one_answer(desk: Desk) -> None:
    await desk.received()
    answers = [
        await look(desk, code) for code in (new_code(b"nobody has got this one"), "0912345678", "a-b-c")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "receipt_unknown"
    assert (await desk.http.get("/reporter/tip")).status_code == 401
    assert (await desk.http.get("/reporter/tip", headers=desk.officer())).status_code == 401


async def test_a_code_that_two_tips_share_opens_neither(desk: Desk) -> None:
    one, other = await desk.received(), await desk.received()
    async with desk.database() as database:
        shared = (await desk.document(one["id"]))["receipt_hash"]
        await database["tips"].update_one({"_id": other["id"]}, {"$set": {"receipt_hash": shared}})
    assert (await look(desk, one["receipt_code"])).status_code == 401


async def test_questions_and_answers_reach_the_other_side(desk: Desk) -> None:
    received = await desk.received()
    asked = await desk.call(received["id"], "messages", {"text": "Việc xảy ra khoảng mấy giờ?"})
    told = await desk.http.post(
        "/reporter/messages", json={"text": "Khoảng 22h đến 1h"}, headers=code_of(received)
    )
    assert (asked.status_code, told.status_code) == (201, 201)
    assert (asked.json()["number"], told.json()["number"]) == (1, 2)
    by_reporter = (await look(desk, received["receipt_code"])).json()["messages"]
    by_officer = (await desk.http.get(f"/tips/{received['id']}", headers=desk.officer())).json()["messages"]
    assert by_reporter == by_officer
    assert [message["text"] for message in by_officer] == ["Việc xảy ra khoảng mấy giờ?", "Khoảng 22h đến 1h"]
    assert [event["data"]["author"] for event in (await desk.events(received["id"]))[1:]] == [
        "officer",
        "reporter",
    ]


@pytest.mark.parametrize("side", ["officer", "reporter"])
async def test_a_message_sent_twice_is_posted_once(desk: Desk, side: str) -> None:
    received = await desk.received()
    path = f"/tips/{received['id']}/messages" if side == "officer" else "/reporter/messages"
    by = desk.officer() if side == "officer" else code_of(received)
    headers = {**by, **fresh_key()}

    async def post(text: str = "Khoảng mấy giờ?") -> httpx.Response:
        return await desk.http.post(path, json={"text": text}, headers=headers)

    answers = await asyncio.gather(*(post() for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    misuse = await post("Một câu khác")
    assert (misuse.status_code, misuse.json()["code"]) == (409, "idempotency_mismatch")
    assert len((await desk.document(received["id"]))["messages"]) == 1
    unnamed = [await desk.http.post(path, json={"text": "Khoảng mấy giờ?"}, headers=by) for _ in range(2)]
    assert [answer.json()["number"] for answer in unnamed] == [2, 3]


async def test_a_repeated_question_is_recognised_before_its_version_is_compared(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    headers = {**fresh_key(), "If-Match": '"1"'}
    answers = [await desk.call(tip, "messages", {"text": "Mấy giờ?"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].text == answers[1].text


async def test_an_empty_or_endless_message_is_refused(desk: Desk) -> None:
    received = await desk.received()
    for text in (" ", "a" * 2001):
        answer = await desk.http.post("/reporter/messages", json={"text": text}, headers=code_of(received))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/text"


async def test_a_reporter_rates_once_after_the_reply(desk: Desk) -> None:
    received = await desk.received()
    code = code_of(received)
    early = await desk.http.post("/reporter/rating", json={"rating": 4}, headers=code)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_transition")
    await desk.walk(received["id"], *TO_REPLIED)
    assert (await look(desk, received["receipt_code"])).json()["reply"] == "Chúng tôi đã xử lý."
    off_scale = await desk.http.post("/reporter/rating", json={"rating": 6}, headers=code)
    assert off_scale.json()["errors"][0]["pointer"] == "/rating"
    rated = await desk.http.post("/reporter/rating", json={"rating": 4}, headers=code)
    assert rated.json()["rating"] == 4
    assert (await desk.http.post("/reporter/rating", json={"rating": 5}, headers=code)).status_code == 409


async def test_a_contested_tip_goes_to_another_officer(desk: Desk) -> None:
    received = await desk.received()
    code = code_of(received)
    await desk.walk(received["id"], *TO_REPLIED)
    contested = await desk.http.post("/reporter/contest", json={"reason": "Chưa ai đến"}, headers=code)
    assert contested.json()["status"] == "reopened"
    assert contested.json()["messages"][-1]["text"] == "Chưa ai đến"
    same = await desk.call(received["id"], "classify", {"classification": "crime_report"})
    assert (same.status_code, same.json()["code"]) == (403, "another_officer_must_act")
    other = await desk.call(
        received["id"], "classify", {"classification": "crime_report"}, by=desk.officer(sub="officer-9")
    )
    assert other.status_code == 200
    again = await desk.http.post("/reporter/contest", headers=code)
    assert again.status_code == 409


async def test_after_the_appeal_window_nothing_can_be_contested(desk: Desk) -> None:
    received = await desk.received()
    await desk.walk(received["id"], *TO_REPLIED)
    desk.clock.ahead = timedelta(days=30)
    answer = await desk.http.post("/reporter/contest", headers=code_of(received))
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
