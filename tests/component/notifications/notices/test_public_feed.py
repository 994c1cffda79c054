"""The public feed over HTTP: what is in it, what never is, and when it is answered 304."""

from datetime import timedelta
from typing import Any

import httpx

from services.notifications.api.public_shapes import JsonFeed
from services.notifications.store.public import PublicItems
from tests.component.notifications.notices.conftest import WARD, Desk
from tests.support.json_feed import check_feed
from tests.support.notice_events import alert_event, statistic_event
from tests.support.tip_events import later, tip_event

FEED = "/feeds/public.json"


async def read(desk: Desk, **params: Any) -> dict[str, Any]:
    answer = await desk.http.get(FEED, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/feed+json"
    check_feed(answer.json())
    JsonFeed.model_validate(answer.json())
    return dict(answer.json())


async def ids(desk: Desk, **params: Any) -> list[str]:
    return [item["id"] for item in (await read(desk, **params))["items"]]


async def test_an_alert_is_in_the_feed_message_by_message_with_its_words(desk: Desk) -> None:
    alert = (await desk.issued(description={"vi": "Mưa lớn.", "en": "Heavy rain."}))["id"]
    await desk.post(f"/alerts/{alert}/cancel", {"instruction": {"vi": "Nước đã rút.", "en": "It is over."}})
    await desk.approved(alert)
    await desk.published(alert)

    cancelled, issued = (await read(desk))["items"]
    assert (issued["id"], cancelled["id"]) == (f"{alert}:1", f"{alert}:2")
    assert issued["title"] == "Cảnh báo: Nước sông dâng nhanh"
    assert issued["content_text"].startswith("Mưa lớn.\n\nRời khỏi bờ sông ngay.\n\nCó hiệu lực đến ")
    assert issued["url"] == f"http://notifications/alerts/{alert}"
    about = issued["_liengia"]
    assert (about["kind"], about["severity"], about["areas"]) == ("alert", "severe", [WARD])
    assert (cancelled["title"], cancelled["content_text"]) == (
        "Hủy cảnh báo: Nước sông dâng nhanh",
        "Nước đã rút.",
    )
    assert (cancelled["_liengia"]["kind"], cancelled["_liengia"]["replaces"]) == ("cancel", f"{alert}:1")

    english = (await read(desk, lang="en"))["items"]
    assert [item["id"] for item in english] == [f"{alert}:2", f"{alert}:1"]
    assert (english[1]["title"], english[1]["language"]) == ("Alert: The river rises fast", "en")


async def test_an_alert_without_english_is_told_in_vietnamese_and_says_so(desk: Desk) -> None:
    alert = await desk.issued(headline={"vi": "Lũ quét"}, instruction={"vi": "Lên chỗ cao."})
    await desk.published(alert["id"])
    (item,) = (await read(desk, lang="en"))["items"]
    assert (item["language"], item["title"]) == ("vi", "Cảnh báo: Lũ quét")


async def test_an_attested_figure_is_in_the_feed_with_its_qualifier(desk: Desk) -> None:
    magnitude = {"value": None, "qualifier": "order_of_magnitude", "range": {"low": 100, "high": 999}}
    await desk.deliver(
        statistic_event(1),
        statistic_event(2, at=later(hours=1), unit="tip", indicator="tip.received", **magnitude),
    )
    rough, exact = (await read(desk))["items"]
    assert exact["title"] == "Lượt người dự tuyên truyền: trên 15.000 lượt người"
    assert rough["title"] == "Tin báo đã tiếp nhận: hàng trăm tin báo (100–999)"
    assert (exact["_liengia"]["value"], exact["_liengia"]["qualifier"]) == (15000, "more_than")
    assert "url" not in exact
    english = (await read(desk, lang="en"))["items"][1]
    assert english["title"] == "Outreach attendances: over 15,000 attendances"


async def test_nothing_restricted_computed_or_suppressed_is_ever_public(desk: Desk) -> None:
    await desk.deliver(
        tip_event("received", tip=1),
        tip_event("received", tip=2, category="officer_misconduct", restricted=True),
        statistic_event(1, origin="computed"),
        statistic_event(2, origin="derived"),
        statistic_event(3, suppressed=True),
        statistic_event(4, restricted="inspectorate"),
        alert_event(number=5, restricted="inspectorate"),
    )
    assert await ids(desk) == []
    assert await desk.database["public_items"].count_documents({}) == 0


async def test_a_draft_leaves_no_trace_in_the_feed(desk: Desk) -> None:
    alert = await desk.issued()
    await desk.published(alert["id"])
    await desk.post(f"/alerts/{alert['id']}/update", desk.message(headline={"vi": "Chưa", "en": "Not yet"}))
    answer = await desk.http.get(FEED)
    assert "Chưa" not in answer.text
    assert "officer" not in answer.text


async def test_an_event_delivered_again_is_one_item(desk: Desk) -> None:
    event = statistic_event(1)
    await desk.deliver(event)
    await desk.deliver(event)
    assert await ids(desk) == [event.id]


async def test_a_message_whose_text_is_lost_is_told_by_its_event(desk: Desk) -> None:
    await desk.deliver(alert_event())
    (item,) = (await read(desk))["items"]
    assert item["content_text"].startswith("CẢNH BÁO nghiêm trọng, cần hành động ngay: flash_flood")


async def test_the_feed_of_an_area_holds_what_concerns_it(desk: Desk) -> None:
    country_wide = alert_event(number=1, area="99")
    of_group = statistic_event(2, area=f"{WARD}/tdp-4", at=later(hours=1))
    of_province = statistic_event(3, area="99")
    elsewhere = alert_event(number=4, area="99/99002")
    await desk.deliver(country_wide, of_group, of_province, elsewhere)
    assert await ids(desk, area=WARD) == [of_group.id, country_wide.id]
    assert await ids(desk, area="98") == []


async def test_next_url_leads_through_everything_once_newest_first(desk: Desk) -> None:
    events = [statistic_event(number, at=later(hours=number // 2)) for number in range(1, 8)]
    await desk.deliver(*events)
    seen: list[str] = []
    page = await read(desk, limit=3, lang="en", area=WARD)
    while True:
        seen += [item["id"] for item in page["items"]]
        if "next_url" not in page:
            break
        answer = await desk.http.get(page["next_url"])
        page = answer.json()
        check_feed(page)
        assert page["language"] == "en"
    assert seen == sorted(seen, key=[event.id for event in events[::-1]].index)
    assert len(seen) == 7


async def again(desk: Desk, **headers: str) -> httpx.Response:
    return await desk.http.get(
        FEED, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def test_who_has_the_newest_is_answered_304_by_tag(desk: Desk) -> None:
    await desk.deliver(statistic_event(1))
    first = await desk.http.get(FEED)
    tag = first.headers["ETag"]
    for sent in (tag, f'"other", W/{tag}', "*"):
        known = await again(desk, If_None_Match=sent)
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
    await desk.deliver(statistic_event(2))
    changed = await again(desk, If_None_Match=tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


async def test_who_has_the_newest_is_answered_304_by_date_and_nobody_too_early(desk: Desk) -> None:
    await desk.deliver(statistic_event(1))
    assert "Last-Modified" not in (await desk.http.get(FEED)).headers
    desk.clock.ahead += timedelta(seconds=11)
    date = (await desk.http.get(FEED)).headers["Last-Modified"]
    known = await again(desk, If_Modified_Since=date)
    assert (known.status_code, known.headers["Last-Modified"]) == (304, date)
    assert (await again(desk, If_Modified_Since="not a date")).status_code == 200
    assert (await again(desk, If_Modified_Since=date, If_None_Match='"another"')).status_code == 200

    await desk.deliver(statistic_event(2))
    assert (await again(desk, If_Modified_Since=date)).status_code == 200
    desk.clock.ahead += timedelta(seconds=11)
    assert (await again(desk, If_Modified_Since=date)).status_code == 200


async def test_faults_of_the_query_are_named(desk: Desk) -> None:
    for query, pointer in (
        ("lang=fr", "/query/lang"),
        ("area=x", "/query/area"),
        ("cursor=x", "/query/cursor"),
    ):
        answer = await desk.http.get(f"{FEED}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    past = await desk.http.get("/feeds/public/stream?after=begin")
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/query/after")
    made_up = await desk.http.get("/feeds/public/stream", headers={"Last-Event-ID": "made up"})
    assert (made_up.status_code, made_up.json()["code"]) == (422, "cursor_invalid")


async def test_what_is_public_stays_when_the_log_is_filled_anew(desk: Desk) -> None:
    await desk.deliver(statistic_event(1))
    for name in ("log", "logs"):
        await desk.database[name].delete_many({})
    await PublicItems(desk.database).prepare()
    assert len(await ids(desk)) == 1
