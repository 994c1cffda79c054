"""`/ledger` explains itself to a resident and hands out the proof of their report."""

import html

from services.tips.ledger.shapes import TipReceipt
from tests.component.tips.conftest import Desk
from tests.component.tips.ledger.conftest import Stranger


async def test_the_page_explains_in_vietnamese_first_and_shows_the_checkpoint(
    desk: Desk, stranger: Stranger
) -> None:
    head = await stranger.next_checkpoint()
    page = await desk.http.get("/ledger")
    assert page.status_code == 200
    assert '<html lang="vi">' in page.text
    assert "không tin báo nào bị giấu" in page.text
    assert f"{head.size} con dấu" in page.text
    assert str(stranger.key.verifier) in html.unescape(page.text)
    assert "Cứ 5 phút một lần" in page.text
    assert "tới 10 phút" in page.text
    english = await desk.http.get("/ledger?lang=en")
    assert "no report is hidden" in english.text


async def test_a_resident_gets_the_proof_as_a_file_by_the_code_in_a_form(
    desk: Desk, stranger: Stranger
) -> None:
    made = await desk.received()
    await stranger.next_checkpoint()
    spoken = made["receipt_code"].replace("-", " ").upper()
    answer = await desk.http.post("/ledger", data={"code": spoken, "lang": "vi"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="bang-chung.json"'
    assert answer.headers["cache-control"] == "no-store"
    receipt = TipReceipt.model_validate_json(answer.text)
    assert [entry.what for entry in receipt.entries] == ["received"]


async def test_a_wrong_code_is_told_on_the_page_and_not_repeated(desk: Desk) -> None:
    answer = await desk.http.post("/ledger", data={"code": "planted", "lang": "en"})
    assert answer.status_code == 401
    assert "This code is not right" in answer.text
    assert "planted" not in answer.text


async def test_another_site_cannot_make_a_browser_fetch_a_proof(desk: Desk) -> None:
    refused = await desk.http.post("/ledger", data={"code": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
