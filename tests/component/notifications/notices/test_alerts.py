"""Alerts over HTTP: two persons, then the public."""

from datetime import timedelta
from typing import Any

from services.notifications.api.alert_shapes import AlertInFull, AlertList
from tests.component.notifications.notices.conftest import WARD, Desk, fresh_key


async def public(desk: Desk, path: str) -> tuple[int, Any]:
    answer = await desk.http.get(path)
    return answer.status_code, answer.json()


async def test_a_draft_is_unseen_until_somebody_else_approves_it(desk: Desk) -> None:
    alert = await desk.drafted()
    path = f"/alerts/{alert['id']}"
    assert (alert["status"], alert["draft"]["kind"], alert["actions"]) == (
        "draft",
        "alert",
        ["approve", "withdraw"],
    )
    assert (await public(desk, path))[0] == 404
    assert (await public(desk, "/alerts"))[1]["items"] == []
    assert await desk.events(alert["id"]) == []

    refused = await desk.post(
        f"{path}/approve",
        by=desk.issuer.bearer("notices:write", "notices:approve", areas=(WARD,), subject="officer-1"),
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "author_cannot_approve")

    await desk.approved(alert["id"])
    status, seen = await public(desk, path)
    assert (status, seen["status"], seen["current"]) == (200, "issued", True)
    assert seen["message"]["headline"] == {"vi": "Nước sông dâng nhanh", "en": "The river rises fast"}
    assert [item["id"] for item in (await public(desk, "/alerts"))[1]["items"]] == [alert["id"]]


async def test_the_public_never_learns_who_wrote_or_what_is_being_drafted(desk: Desk) -> None:
    alert = await desk.issued()
    await desk.post(
        f"/alerts/{alert['id']}/update",
        desk.message(headline={"vi": "Nước đang rút"}, instruction={"vi": "Chờ thêm."}),
    )
    for path in (f"/alerts/{alert['id']}", "/alerts"):
        told = (await desk.http.get(path)).text
        assert "officer-" not in told
        assert "Nước đang rút" not in told
        assert '"update"' not in told
    seen = await desk.http.get(f"/alerts/{alert['id']}", headers=desk.author())
    assert seen.json()["draft"]["drafted_by"] == "officer:officer-1"


async def test_an_alert_lives_through_update_and_cancellation(desk: Desk) -> None:
    alert = await desk.issued()
    path = f"/alerts/{alert['id']}"
    await desk.post(f"{path}/update", desk.message(severity="extreme"))
    updated = await desk.approved(alert["id"])
    assert [message["kind"] for message in updated["messages"]] == ["alert", "update"]
    assert updated["message"]["severity"] == "extreme"
    await desk.post(f"{path}/cancel", {"instruction": {"vi": "Nước đã rút.", "en": "The water is gone."}})
    cancelled = await desk.approved(alert["id"])
    assert (cancelled["status"], cancelled["current"], cancelled["actions"]) == ("cancelled", False, [])
    assert cancelled["message"]["headline"]["vi"] == "Nước sông dâng nhanh"
    refused = await desk.post(f"{path}/update", desk.message())
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")


async def test_the_events_say_what_and_where_and_never_a_word_of_the_text(desk: Desk) -> None:
    alert = await desk.issued(topic="fire_hazard")
    await desk.post(f"/alerts/{alert['id']}/update", desk.message())
    await desk.approved(alert["id"])
    issued, updated = await desk.events(alert["id"])
    assert (issued["type"], updated["type"]) == ("liengia.alert.issued.v1", "liengia.alert.updated.v1")
    assert updated["data"]["update"] == 1
    assert issued["data"] == {
        "area": WARD,
        "state": "issued",
        "topic": "fire_hazard",
        "severity": "severe",
        "urgency": "immediate",
        "certainty": "likely",
        "hazard": "flash_flood",
        "expires_at": issued["data"]["expires_at"],
    }


async def test_nobody_writes_or_approves_outside_their_areas(desk: Desk) -> None:
    elsewhere = ("99/99002",)
    refused = await desk.post("/alerts", desk.alert(), by=desk.author(areas=elsewhere))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    both = await desk.post("/alerts", {**desk.alert(), "areas": [WARD, *elsewhere]}, by=desk.author())
    assert both.status_code == 403

    draft = await desk.drafted()
    hidden = await desk.post(f"/alerts/{draft['id']}/approve", by=desk.approver(areas=elsewhere))
    assert hidden.status_code == 404
    await desk.approved(draft["id"])
    for call, body in (("update", desk.message()), ("cancel", {"instruction": {"vi": "Hết."}})):
        outside = await desk.post(f"/alerts/{draft['id']}/{call}", body, by=desk.author(areas=elsewhere))
        assert outside.status_code == 403
    assert (await desk.post("/alerts", desk.alert(), by=desk.approver())).status_code == 403
    assert (await desk.http.post("/alerts", json=desk.alert())).status_code == 401


async def test_a_programme_may_write_and_never_approve(desk: Desk) -> None:
    draft = await desk.post("/alerts", desk.alert(), by=desk.author("weather", kind="integration"))
    assert draft.status_code == 201
    path = f"/alerts/{draft.json()['id']}/approve"
    refused = await desk.post(path, by=desk.approver("siren", kind="integration"))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await desk.post(path, by=desk.approver())).status_code == 200


async def test_drafts_are_listed_for_those_who_cover_every_area_of_them(desk: Desk) -> None:
    wide = await desk.post(
        "/alerts", {**desk.alert(), "areas": [WARD, "99/99002"]}, by=desk.author(areas=("99",))
    )
    own = await desk.drafted(areas=["99/99001/tdp-4"])

    async def listed(by: Any) -> set[str]:
        return {item["id"] for item in (await desk.http.get("/alerts", headers=by)).json()["items"]}

    assert await listed(desk.author()) == {own["id"]}
    assert await listed(desk.approver(areas=("99",))) == {own["id"], wide.json()["id"]}
    assert await listed(desk.approver(areas=("*",))) == {own["id"], wide.json()["id"]}
    assert await listed(desk.author(areas=())) == set()
    assert await listed(desk.officer("events:read")) == set()


async def test_a_repeated_call_drafts_once_and_another_body_is_refused(desk: Desk) -> None:
    key, body = fresh_key(), desk.alert()
    first, again = [await desk.post("/alerts", body, headers=key) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    other = await desk.post("/alerts", {**body, "hazard": "storm"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")

    alert = await desk.approved(first.json()["id"])
    path, update, tag = f"/alerts/{alert['id']}/update", desk.message(), {"If-Match": f'"{alert["version"]}"'}
    first, again = [await desk.post(path, update, headers={**key, **tag}) for _ in range(2)]
    assert (first.status_code, again.json()) == (200, first.json())
    other = await desk.post(path, {**update, "severity": "minor"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


async def test_a_draft_that_changed_meanwhile_is_not_approved_unread(desk: Desk) -> None:
    alert = await desk.issued()
    path = f"/alerts/{alert['id']}"
    read = (await desk.post(f"{path}/update", desk.message())).headers["ETag"]
    await desk.post(f"{path}/withdraw")
    await desk.post(f"{path}/update", desk.message(severity="minor"))
    stale = await desk.post(f"{path}/approve", by=desk.approver(), headers={"If-Match": read})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
    assert len(await desk.events(alert["id"])) == 1


async def test_an_expired_alert_says_so_and_an_update_carries_it_on(desk: Desk) -> None:
    alert = await desk.issued()
    path = f"/alerts/{alert['id']}"
    desk.clock.ahead = timedelta(hours=7)
    seen = (await public(desk, path))[1]
    assert (seen["status"], seen["expired"], seen["current"]) == ("issued", True, False)
    for current, ids in (("true", []), ("false", [alert["id"]])):
        _, found = await public(desk, f"/alerts?current={current}")
        assert [item["id"] for item in found["items"]] == ids
    await desk.post(f"{path}/update", desk.message())
    assert (await desk.approved(alert["id"]))["current"] is True


async def test_a_draft_that_waited_past_its_expiry_is_not_sent(desk: Desk) -> None:
    draft = await desk.drafted()
    desk.clock.ahead = timedelta(hours=7)
    refused = await desk.post(f"/alerts/{draft['id']}/approve", by=desk.approver())
    assert (refused.status_code, refused.json()["code"]) == (409, "expired")


async def test_an_alert_is_found_from_the_areas_above_and_below_its_own(desk: Desk) -> None:
    alert = await desk.issued()
    for area, found in (
        ("99", True),
        (f"{WARD}/tdp-4", True),
        (WARD, True),
        ("99/99002", False),
        ("98", False),
    ):
        items = (await public(desk, f"/alerts?area={area}"))[1]["items"]
        assert [item["id"] for item in items] == ([alert["id"]] if found else [])


async def test_a_list_is_read_page_by_page(desk: Desk) -> None:
    ids = [(await desk.issued())["id"] for _ in range(3)]
    read: list[str] = []
    page: dict[str, Any] = {"next_cursor": ""}
    for _ in ids:
        _, page = await public(desk, f"/alerts?limit=1&cursor={page['next_cursor']}")
        read += [item["id"] for item in page["items"]]
    assert read == ids[::-1]
    assert page["next_cursor"] is None


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"headline": {"vi": "Lũ <b>quét</b>"}}, "/headline/vi"),
    ({"headline": {"vi": "hai\ndòng"}}, "/headline/vi"),
    ({"headline": {"vi": "x" * 161}}, "/headline/vi"),
    ({"headline": {"en": "Flood"}}, "/headline/vi"),
    ({"instruction": {"vi": "đảo \u202e chiều", "en": "x"}}, "/instruction/vi"),
    ({"instruction": {"vi": "Rời đi."}}, "/instruction/en"),
    ({"severity": "Severe"}, "/severity"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ({"expires_at": "2099-01-01T00:00:00Z"}, "/expires_at"),
    ({"onset": "2099-01-01T00:00:00Z"}, "/onset"),
    ({"areas": []}, "/areas"),
    ({"areas": ["Phường 1"]}, "/areas/0"),
    ({"hazard": "Lũ quét"}, "/hazard"),
    ({"made_up": 1}, "/made_up"),
)


async def test_a_fault_of_the_body_is_named_by_its_place(desk: Desk) -> None:
    for changes, pointer in FAULTS:
        answer = await desk.post("/alerts", {**desk.alert(), **changes})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), changes
        assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert (await desk.http.get("/alerts", headers=desk.author())).json()["items"] == []


async def test_covered_areas_are_left_out_and_the_widest_leads_the_event(desk: Desk) -> None:
    answer = await desk.post(
        "/alerts",
        {**desk.alert(), "areas": [f"{WARD}/tdp-4", WARD, "99/99002/tdp-1"]},
        by=desk.author(areas=("99",)),
    )
    alert = answer.json()
    assert alert["areas"] == [WARD, "99/99002/tdp-1"]
    await desk.post(f"/alerts/{alert['id']}/approve", by=desk.approver(areas=("99",)))
    (event,) = await desk.events(alert["id"])
    assert (event["data"]["area"], event["data"]["areas"]) == (WARD, alert["areas"])


async def test_the_answers_are_what_the_document_says(desk: Desk) -> None:
    alert = await desk.issued(onset=desk.later(hours=1), description={"vi": "Mưa lớn.", "en": "Heavy rain."})
    AlertInFull.model_validate(alert)
    AlertInFull.model_validate((await public(desk, f"/alerts/{alert['id']}"))[1])
    AlertList.model_validate((await public(desk, "/alerts"))[1])
