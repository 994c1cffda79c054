"""Standing wishes over HTTP: who may wish for what, and what is told to them, once."""

from typing import Any

from services.notifications.api.subscriptions import SubscriptionItem, SubscriptionList
from tests.component.notifications.notices.conftest import WARD, Desk, fresh_key
from tests.component.notifications.notices.readers import (
    ALERT,
    CLASSIFIED,
    DUTY,
    RECEIVED,
    STATISTIC,
    WARNED,
    Reader,
    at_local,
    wish,
)
from tests.support.notice_events import alert_event, statistic_event
from tests.support.tip_events import tip_event
from tests.support.waiting import eventually


async def test_an_officer_is_told_what_was_wished_for_in_their_area_and_once(desk: Desk) -> None:
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    told, again = tip_event("received", tip=1), tip_event("received", tip=2)
    await desk.deliver(
        told,
        tip_event("closed", tip=1, sequence=2),
        tip_event("received", tip=3, area="99/99002"),
        tip_event("received", tip=4, category="officer_misconduct", restricted=True),
        told,
        again,
    )
    await reader.hears(told, again)
    assert reader.heard[0]["text"] == (
        "Tin báo mới: Trộm cắp, đột nhập, địa bàn tdp-4, Phường Bình Minh (giả định), Tỉnh Giả Định."
    )


async def test_what_happened_before_the_wish_is_not_told(desk: Desk) -> None:
    await desk.deliver(tip_event("received", tip=1))
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    later = tip_event("received", tip=2)
    await desk.deliver(later)
    await reader.hears(later)


async def test_small_pages_tell_everything_once_in_order(desk: Desk) -> None:
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    events = [tip_event("received", tip=number) for number in range(1, 8)]
    await desk.deliver(*events[:4], partition=0)
    await desk.deliver(*events[4:], partition=1)

    async def all_told() -> bool:
        return len(await reader.read_on(limit=2)) == 7

    await eventually(all_told)
    assert {item["id"] for item in reader.heard} == {event.id for event in events}


async def test_a_log_that_was_filled_anew_repeats_nothing_to_a_reader(desk: Desk) -> None:
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    first, second = tip_event("received", tip=1), tip_event("received", tip=2)
    await desk.deliver(first)
    await reader.hears(first)
    for name in ("log", "logs"):
        await desk.database[name].delete_many({})
    await desk.deliver(first, second, offset=0)
    await reader.hears(first, second)


async def test_a_role_brings_what_is_addressed_to_it(desk: Desk) -> None:
    body = wish(areas=[], topics=[], roles=[DUTY])
    reader = await Reader(desk, desk.officer("events:read"), body).subscribed()
    mine = tip_event("deadline_breached", tip=1, notify=[DUTY])
    others = tip_event("deadline_breached", tip=2, notify=["role:ward_police/99/99002/duty_officer"])
    await desk.deliver(others, tip_event("deadline_breached", tip=3), mine)
    await reader.hears(mine)
    assert reader.heard[0]["due_at"] == "2026-09-14T12:00:00Z"
    assert "19:00 ngày 14/09/2026" in reader.heard[0]["text"]


async def test_a_resident_without_scopes_is_told_what_is_public_and_nothing_else(desk: Desk) -> None:
    resident = desk.officer(areas=())
    reader = await Reader(desk, resident, wish(ALERT, STATISTIC, language="en")).subscribed()
    alert = alert_event(area="99")
    figure = statistic_event(1)
    await desk.deliver(
        alert,
        figure,
        statistic_event(2, origin="computed"),
        statistic_event(3, suppressed=True),
        alert_event(number=2, restricted="inspectorate"),
        alert_event(number=3, area="98"),
    )
    await reader.hears(alert, figure)
    assert reader.heard[1]["text"] == (
        "Figure reported: Outreach attendances: over 15,000 attendances, quarter 3 of 2026, "
        "area Phường Bình Minh (giả định), Tỉnh Giả Định."
    )
    refused = await desk.post("/subscriptions", wish(RECEIVED), by=resident)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_token_that_lost_its_scope_hears_no_more_of_it(desk: Desk) -> None:
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED, ALERT)).subscribed()
    reader.headers = desk.officer()
    alert = alert_event()
    await desk.deliver(tip_event("received"), alert)
    await reader.hears(alert)


REFUSED: tuple[tuple[dict[str, Any], int, str | None], ...] = (
    ({"channel": "zalo_oa"}, 422, "/channel"),
    ({"channel": "pigeon"}, 422, "/channel"),
    ({"topics": ["liengia.made.up.v1"]}, 422, "/topics/0"),
    ({"topics": ["liengia.area.changed.v1"]}, 422, "/topics/0"),
    ({"topics": []}, 422, "/topics"),
    ({"areas": []}, 422, "/areas"),
    ({"roles": ["duty_officer"]}, 422, "/roles/0"),
    ({"language": "fr"}, 422, "/language"),
    ({"quiet_hours": {"start": "22", "end": "07:00"}}, 422, "/quiet_hours/start"),
    ({"areas": ["99/99002"]}, 403, None),
    ({"roles": ["role:ward_police/99/99002/duty_officer"]}, 403, None),
)


async def test_a_wish_that_cannot_be_met_is_refused_precisely(desk: Desk) -> None:
    for changes, status, place in REFUSED:
        body = {**wish(RECEIVED), **changes}
        answer = await desk.post("/subscriptions", body, by=desk.officer("events:read"))
        assert answer.status_code == status, changes
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ([place] if place else [])


async def test_another_channel_is_refused_with_what_there_is(desk: Desk) -> None:
    body = wish(RECEIVED, channel="sms")
    answer = await desk.post("/subscriptions", body, by=desk.officer("events:read"))
    assert "only web is there so far" in answer.json()["errors"][0]["message"]


async def test_a_programme_takes_no_role(desk: Desk) -> None:
    portal = desk.issuer.bearer("events:read", areas=(WARD,), kind="integration")
    refused = await desk.post("/subscriptions", wish(areas=[], roles=[DUTY]), by=portal)
    assert refused.status_code == 403


async def test_a_subscription_is_its_holders_alone_and_ends(desk: Desk) -> None:
    holder, other = desk.officer("events:read", sub="officer-5"), desk.officer("events:read", sub="officer-6")
    reader = await Reader(desk, holder, wish(RECEIVED)).subscribed()
    path = f"/subscriptions/{reader.id}"
    for call in (
        desk.http.get(path, headers=other),
        desk.http.get(f"{path}/messages", headers=other),
        desk.http.delete(path, headers=other),
    ):
        assert (await call).status_code == 404
    SubscriptionItem.model_validate((await desk.http.get(path, headers=holder)).json())
    own = SubscriptionList.model_validate((await desk.http.get("/subscriptions", headers=holder)).json())
    assert [item.id for item in own.items] == [reader.id]
    assert (await desk.http.delete(path, headers=holder)).status_code == 204
    assert (await desk.http.delete(path, headers=holder)).status_code == 404
    assert (await desk.http.get("/subscriptions", headers=holder)).json()["items"] == []
    assert (await desk.http.get("/subscriptions")).status_code == 401


async def test_the_database_does_not_tell_whose_wish_it_is(desk: Desk) -> None:
    await Reader(desk, desk.officer("events:read", sub="officer-planted"), wish(RECEIVED)).subscribed()
    stored = await desk.database["subscriptions"].find().to_list(5)
    assert len(stored) == 1
    assert "officer-planted" not in str(stored)


async def test_a_repeated_wish_is_one_and_another_body_is_refused(desk: Desk) -> None:
    key, by = fresh_key(), desk.officer("events:read")
    first, again = [await desk.post("/subscriptions", wish(RECEIVED), by=by, headers=key) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    other = await desk.post("/subscriptions", wish(WARNED), by=by, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


async def test_in_quiet_hours_only_emergencies_are_told_and_the_rest_follows_after_them(desk: Desk) -> None:
    at_local(desk, 21, 50)()
    body = wish(RECEIVED, CLASSIFIED, ALERT, quiet_hours=None)
    reader = await Reader(desk, desk.officer("events:read"), body).subscribed()
    before = tip_event("received", tip=1)
    await desk.deliver(before)
    await reader.hears(before)

    at_local(desk, 22, 30)()
    waits = tip_event("received", tip=2)
    emergency = tip_event("classified", tip=2, sequence=2, classification="emergency")
    mild, grave = alert_event(number=1, severity="minor"), alert_event(number=2, severity="extreme")
    await desk.deliver(waits, emergency)
    await desk.deliver(mild, grave, topic="notifications.notice.v1")
    await reader.hears(before, emergency, grave)
    assert [item["urgent"] for item in reader.heard] == [False, True, True]

    at_local(desk, 6, 59)()
    assert len(await reader.read_on()) == 3
    at_local(desk, 7, 0)()
    await reader.hears(before, emergency, grave, waits, mild)


async def test_own_quiet_hours_take_the_place_of_the_rules(desk: Desk) -> None:
    at_local(desk, 12, 30)()
    body = wish(RECEIVED, quiet_hours={"start": "12:00", "end": "13:00"})
    reader = await Reader(desk, desk.officer("events:read"), body).subscribed()
    awake = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    event = tip_event("received", tip=1)
    await desk.deliver(event)
    await awake.hears(event)
    assert await reader.read_on() == []
    at_local(desk, 13, 0)()
    await reader.hears(event)


async def test_a_cursor_of_somebody_elses_making_is_refused(desk: Desk) -> None:
    reader = await Reader(desk, desk.officer("events:read"), wish(RECEIVED)).subscribed()
    for made_up in ("abc", "abc.def", "a.b.c"):
        answer = await desk.http.get(
            f"/subscriptions/{reader.id}/messages", params={"cursor": made_up}, headers=reader.headers
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")
