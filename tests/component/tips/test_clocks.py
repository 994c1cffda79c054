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
