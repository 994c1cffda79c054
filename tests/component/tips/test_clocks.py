"""Deadlines come near and pass by themselves; each mark fires once."""

from datetime import timedelta
from typing import Any

from tests.component.tips.conftest import Desk
from tests.support.waiting import eventually


async def marks(desk: Desk, tip_id: str) -> list[tuple[str, str]]:
    return [
        (event["type"].split(".")[2], event["data"]["clock"])
        for event in await desk.events(tip_id)
        if "deadline" in event["type"]
    ]


async def test_a_deadline_warns_and_is_breached_once(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    desk.clock.ahead = timedelta(hours=11)
    await eventually(lambda: has(desk, tip, ("deadline_warning", "report_up")), within=15)
    desk.clock.ahead = timedelta(hours=13)
    await eventually(lambda: has(desk, tip, ("deadline_breached", "report_up")), within=15)
    desk.clock.ahead = timedelta(hours=14)
    assert await marks(desk, tip) == [("deadline_warning", "report_up"), ("deadline_breached", "report_up")]
    late = await desk.http.get("/tips", params={"overdue": True}, headers=desk.officer())
    assert [item["id"] for item in late.json()["items"]] == [tip]


async def has(desk: Desk, tip_id: str, mark: tuple[str, str]) -> bool:
    return mark in await marks(desk, tip_id)


async def test_a_replied_tip_closes_itself_when_the_appeal_window_has_ended(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(
        tip,
        ("classify", {"classification": "information"}),
        ("resolve", {}),
        ("reply", {"text": "Cảm ơn bạn đã báo tin."}),
    )
    desk.clock.ahead = timedelta(days=30)

    async def closed() -> bool:
        return bool((await desk.document(tip))["status"] == "closed")

    await eventually(closed, within=15)
    last: dict[str, Any] = (await desk.events(tip))[-1]
    assert last["type"] == "liengia.tip.closed.v1"
    assert last["data"]["closed_by"] == "appeal_window"


async def test_what_was_out_of_scope_is_forgotten_in_time_and_its_reporter_told_so(desk: Desk) -> None:
    made = await desk.received(reporter={"phone": "0912345678"}, place={"text": "hẻm 45"})
    tip, receipt = made["id"], {"Authorization": f"Receipt {made['receipt_code']}"}
    await desk.call(tip, "messages", {"text": "Xin cho biết thêm."})
    await desk.walk(
        tip,
        ("decline", {"reason": "spam", "note": "Không thuộc phạm vi."}),
        ("reply", {"text": "Cảm ơn bạn."}),
        ("close", None),
    )
    desk.clock.ahead = timedelta(days=12)

    async def erased() -> bool:
        return bool((await desk.document(tip))["status"] == "erased")

    await eventually(erased, within=15)
    document = await desk.document(tip)
    assert (document["key"], document["text"], document["messages"]) == ("", "", [])
    assert all(entry.get("payload") is None for entry in document["timeline"][:-1])
    last = (await desk.events(tip))[-1]
    assert (last["type"], last["data"]["reason"]) == ("liengia.tip.erased.v1", "retention")
    seen = await desk.http.get("/reporter/tip", headers=receipt)
    assert (seen.json()["status"], seen.json()["messages"], seen.json()["reply"]) == ("erased", [], None)
    read = await desk.http.get(f"/tips/{tip}", headers=desk.officer())
    assert (read.status_code, read.json()["text"], read.json()["actions"]) == (200, None, [])
    for path in ("timeline", "clocks"):
        answer = await desk.http.get(f"/tips/{tip}/{path}", headers=desk.officer())
        assert answer.status_code == 200
    late = await desk.http.post("/reporter/messages", json={"text": "Alo?"}, headers=receipt)
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    for name, body in (("messages", {"text": "Alo?"}), ("reply", {"text": "Alo?"})):
        assert (await desk.call(tip, name, body)).status_code == 409
