"""A resident reports on `/report` without script: choice, form, faults beside the fields, receipt."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.tips.config import TipsSettings
from services.tips.main import create, prepare
from shared.contracts.vocabulary import Category
from tests.component.tips.conftest import Desk, open_door
from tests.component.tips.pages import choose, code_on, faults, filled, hidden, send, values

FIRST_VIEW = 60_000


@pytest.fixture
def settings(settings: TipsSettings) -> TipsSettings:
    return settings.model_copy(update={"tips_report_area": "99/99001", "tips_duty_phone": "0291 123 456"})


async def only_tip(desk: Desk) -> dict[str, object]:
    """The one tip there is, as an officer reads it."""
    listed = (await desk.http.get("/tips", headers=desk.officer())).json()["items"]
    assert len(listed) == 1
    return dict((await desk.http.get(f"/tips/{listed[0]['id']}", headers=desk.officer())).json())


async def test_the_first_view_says_whom_to_call_and_who_will_know_before_anything_is_typed(
    desk: Desk,
) -> None:
    page = (await desk.http.get("/report")).text
    order = ("tel:113", "tel:114", "tel:115", "Ẩn danh", "Bảo mật", "<details")
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert "Không ai biết, kể cả chúng tôi" in page
    assert "Phường Bình Minh" in page
    english = (await desk.http.get("/report?lang=en")).text
    assert "Nobody, not even we" in english


async def test_the_first_view_and_the_form_each_weigh_less_than_60_kb_with_all_they_need(desk: Desk) -> None:
    for page in (await desk.http.get("/report"), await choose(desk.http, "domestic_violence")):
        needed = set(re.findall(r'"(/static/[^"]+)"', page.text))
        assert len(needed) >= 3
        parts = [(await desk.http.get(address)).content for address in needed]
        assert len(page.content) + sum(map(len, parts)) < FIRST_VIEW


async def test_every_category_has_a_form_that_warns_where_it_must(desk: Desk) -> None:
    for category in Category:
        page = await choose(desk.http, category.value)
        assert page.status_code == 200
        assert hidden(page.text, "category") == category.value
    violence = (await choose(desk.http, "domestic_violence")).text
    assert violence.index('class="button" href="tel:113"') < violence.index("<textarea")
    assert "không bao giờ bị chuyển sang hòa giải" in violence
    assert 'class="button" href="tel:' not in (await choose(desk.http, "noise")).text


async def test_a_stranger_without_an_act_is_turned_back_kindly_with_the_duty_number(desk: Desk) -> None:
    page = await choose(desk.http, "suspicious_person")
    assert "không phải là lỗi" in page.text
    assert 'href="tel:0291 123 456"' in page.text
    assert "<textarea" not in page.text


async def test_a_report_reaches_the_officer_and_its_reporter_gets_a_code_that_works(desk: Desk) -> None:
    typed = await filled(
        desk.http,
        q_goods="Wave đỏ, 59X1-123.45",
        q_camera="0",
        unit_no="4",
        place="hẻm 45 Nguyễn Du",
        point="10,77123; 106,70987",
        day="2026-01-15",
        hour="02:00",
        phone="0912 345 678",
    )
    receipt = await send(desk.http, typed)
    seen = await only_tip(desk)
    assert seen["text"] == (
        "Mất xe máy trong hẻm lúc hai giờ sáng.\n\n"
        "• Mất những gì? Xe thì màu gì, biển số bao nhiêu? Wave đỏ, 59X1-123.45\n"
        "• Gần đó có camera không? Có"
    )
    assert (seen["area"], seen["channel"], seen["identity"]) == ("99/99001/tdp-4", "web", "sealed")
    assert seen["place"] == {"text": "hẻm 45 Nguyễn Du", "lat": 10.771, "lon": 106.71}
    assert (seen["occurred_at"], seen["occurred_precision"]) == ("2026-01-14T19:00:00Z", "approx")
    code = {b"Authorization": f"Receipt {code_on(receipt)}".encode()}
    followed = await desk.http.get("/reporter/tip", headers=code)
    assert followed.json()["status"] == "received"


async def test_the_receipt_is_kept_nowhere_and_says_what_comes_next_by_when(desk: Desk) -> None:
    receipt = await send(desk.http, await filled(desk.http))
    assert receipt.headers["cache-control"] == "no-store"
    assert "<svg" in receipt.text
    assert "phân loại tin báo" in receipt.text
    due = datetime.now(UTC) + timedelta(hours=12)
    assert f'datetime="{due:%Y-%m-%dT%H}' in receipt.text
    code = code_on(receipt)
    assert code.replace(" ", "-") not in str(receipt.url)
    assert code.split()[0] not in "".join(re.findall(r'href="[^"]*"', receipt.text))


@pytest.mark.parametrize("times", [2, 5])
async def test_pressing_send_again_makes_one_tip_with_one_code(desk: Desk, times: int) -> None:
    typed = await filled(desk.http)
    codes = {code_on(await send(desk.http, typed)) for _ in range(times)}
    assert len(codes) == 1
    await only_tip(desk)


async def test_a_form_sent_again_with_other_words_says_so_and_can_be_sent_as_a_new_one(desk: Desk) -> None:
    typed = await filled(desk.http)
    await send(desk.http, typed)
    other = {**typed, "text": "Thêm: có hai người."}
    refused = await send(desk.http, other)
    assert refused.status_code == 409
    assert "đã được nhận ở lần gửi trước" in refused.text
    assert values(refused.text)["text"] == "Thêm: có hai người."
    again = await send(desk.http, {**other, "token": hidden(refused.text, "token")})
    assert code_on(again)
    assert len((await desk.http.get("/tips", headers=desk.officer())).json()["items"]) == 2


FAULTS = {
    "text": " ",
    "ward": "99/99002",
    "unit_no": "bốn",
    "day": "2026-02-31",
    "point": "gần chợ",
    "place": "a" * 501,
    "phone": "không có",
    "email": "an.example.org",
    "identity": "secret",
    "q_goods": "a" * 301,
    "q_camera": "7",
}


@pytest.mark.parametrize(("field", "value"), FAULTS.items(), ids=list(FAULTS))
async def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, field: str, value: str
) -> None:
    typed = {**await filled(desk.http, place="hẻm 45", name="An"), field: value}
    answer = await send(desk.http, typed)
    assert answer.status_code == 422
    assert set(faults(answer.text)) - {"ward"} == {field} - {"ward"}
    kept = values(answer.text)
    assert {name: kept[name] for name in ("place", "name", "text") if name != field} == {
        name: typed[name] for name in ("place", "name", "text") if name != field
    }
    assert (await desk.http.get("/tips", headers=desk.officer())).json()["items"] == []


async def test_what_has_not_happened_yet_is_not_taken(desk: Desk) -> None:
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    answer = await send(desk.http, await filled(desk.http, day=tomorrow))
    assert (answer.status_code, set(faults(answer.text))) == (422, {"day"})
    without_day = await send(desk.http, await filled(desk.http, hour="10:00"))
    assert set(faults(without_day.text)) == {"hour"}


async def test_a_contact_with_an_anonymous_report_is_asked_about_and_not_stored(desk: Desk) -> None:
    answer = await send(desk.http, await filled(desk.http, identity="anonymous", phone="0912345678"))
    assert (answer.status_code, set(faults(answer.text))) == (422, {"identity"})
    open_without_name = await send(desk.http, await filled(desk.http, identity="open"))
    assert set(faults(open_without_name.text)) == {"identity"}
    assert (await desk.http.get("/tips", headers=desk.officer())).json()["items"] == []


async def test_a_form_without_any_act_is_refused_for_other_incidents(desk: Desk) -> None:
    answer = await send(desk.http, await filled(desk.http, "other_incident"))
    assert set(faults(answer.text)) == {"q_act"}


async def test_switching_the_language_keeps_what_was_typed(desk: Desk) -> None:
    typed = await filled(desk.http, text="Chưa xong", place="trước chợ")
    del typed["step"]
    page = await send(desk.http, {**typed, "language": "en"})
    assert '<html lang="en">' in page.text
    assert values(page.text)["text"] == "Chưa xong"
    assert values(page.text)["place"] == "trước chợ"


async def test_what_somebody_typed_is_shown_as_text(desk: Desk) -> None:
    typed = await filled(desk.http, text="<script>alert(1)</script>", phone='"><script>')
    page = await send(desk.http, typed)
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert values(page.text)["phone"] == '"><script>'


async def test_a_form_that_another_site_sends_is_refused(desk: Desk) -> None:
    typed = await filled(desk.http)
    answer = await desk.http.post("/report", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_error_never_keeps_a_token_that_somebody_else_may_know(desk: Desk) -> None:
    typed = await filled(desk.http, text="")
    page = await send(desk.http, typed)
    assert hidden(page.text, "token") != typed["token"]


@pytest.mark.parametrize("content", [b"text=%ff", b"&".join(b"a=1" for _ in range(100)), b'{"a": 1}'])
async def test_what_is_no_form_is_refused(desk: Desk, content: bytes) -> None:
    kind = "application/json" if content.startswith(b"{") else "application/x-www-form-urlencoded"
    answer = await desk.http.post("/report", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 422


@pytest.fixture
async def country(settings: TipsSettings) -> AsyncIterator[httpx.AsyncClient]:
    await prepare(settings)
    async with open_door(create(settings.model_copy(update={"tips_report_area": None}))) as http:
        yield http


async def test_in_the_whole_country_the_province_comes_first_and_no_place_is_invented(
    country: httpx.AsyncClient,
) -> None:
    page = (await country.get("/report")).text
    assert page.count("<option") == 35
    assert "giả định" not in page.casefold()
    without = await choose(country)
    assert without.status_code == 422
    assert "Hãy chọn tỉnh" in without.text
    assert "Phường Ba Đình" in (await choose(country, province="01")).text
    typed = await filled(country, province="01", ward="01/00004")
    assert code_on(await send(country, typed))


async def test_the_widest_province_fits_the_same_bound(country: httpx.AsyncClient) -> None:
    page = await choose(country, "domestic_violence", province="79")
    assert len(page.content) < FIRST_VIEW - 20_000
