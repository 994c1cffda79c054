"""What is erased is gone with its keys; what retention did can be read; reporters may ask for it."""

from datetime import timedelta
from typing import Any

import httpx

from tests.component.tips.conftest import EVERY_RIGHT, Desk
from tests.support.waiting import eventually

TO_CLOSED: list[tuple[str, Any]] = [
    ("classify", {"classification": "admin_violation"}),
    ("resolve", {"note": "Đã nhắc nhở."}),
    ("reply", {"text": "Đã xử lý."}),
    ("close", {}),
]
DECLINED: list[tuple[str, Any]] = [
    ("decline", {"reason": "spam"}),
    ("reply", {"text": "Cảm ơn."}),
    ("close", {}),
]
BY_CODE = {"asked": "by_code"}


def code_of(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Receipt {made['receipt_code']}"}


async def asked(desk: Desk, made: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.http.post("/reporter/erasure", headers=code_of(made))
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["erasure"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def retention(desk: Desk, *scopes: str, areas: tuple[str, ...] = ("*",)) -> dict[str, Any]:
    answer = await desk.http.get("/retention", headers=desk.officer("operate", *scopes, areas=areas))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_reporter_asks_and_a_supervisor_erases(desk: Desk) -> None:
    made = await desk.received(reporter={"phone": "0912345678"}, place={"text": "hẻm 45"})
    await desk.call(made["id"], "messages", {"text": "Việc xảy ra lúc nào?"})
    await desk.walk(made["id"], *TO_CLOSED)
    told = await asked(desk, made)
    assert told["answer_by"] > told["asked_at"]
    seen = await desk.http.get(f"/tips/{made['id']}", headers=desk.officer())
    assert seen.json()["erasure_due"] == told["answer_by"]
    erased = await desk.call(made["id"], "erase", BY_CODE)
    assert (erased.status_code, erased.json()["status"]) == (200, "erased")
    stored = await desk.document(made["id"])
    assert (stored["key"], stored["text"], stored["messages"]) == ("", "", [])
    assert [stored.get(name) for name in ("identity_key", "reporter", "place", "reply", "note")] == [None] * 5
    assert all("payload" not in entry for entry in stored["timeline"][:-1])
    last = (await desk.events(made["id"]))[-1]
    assert (last["type"], last["data"]["reason"]) == ("liengia.tip.erased.v1", "request")
    view = (await desk.http.get("/reporter/tip", headers=code_of(made))).json()
    assert (view["status"], view["messages"], view["reply"]) == ("erased", [], None)
    assert view["erasure"]["erased_at"]


async def test_asking_twice_is_asking_once(desk: Desk) -> None:
    made = await desk.received()
    first = await asked(desk, made)
    desk.clock.ahead = timedelta(days=2)
    assert await asked(desk, made) == first
    assert (await desk.document(made["id"]))["timeline"][-1]["what"] == "erasure_asked"


async def test_only_a_closed_tip_is_erased_and_only_when_it_was_asked_for(desk: Desk) -> None:
    made = await desk.received()
    assert refusal(await desk.call(made["id"], "erase", BY_CODE)) == (409, "illegal_transition")
    await desk.walk(made["id"], *TO_CLOSED)
    assert refusal(await desk.call(made["id"], "erase", BY_CODE)) == (409, "erasure_not_asked")
    assert (await desk.call(made["id"], "erase", {"asked": "in_writing"})).status_code == 200
    again = await desk.http.post("/reporter/erasure", headers=code_of(made))
    assert refusal(again) == (409, "erased_already")


async def test_erasing_is_a_supervisors_right(desk: Desk) -> None:
    made = await desk.received()
    await desk.walk(made["id"], *TO_CLOSED)
    by = desk.officer("tips:read", "tips:handle")
    assert refusal(await desk.call(made["id"], "erase", {"asked": "in_writing"}, by=by)) == (403, "forbidden")


async def test_retention_erases_what_is_due_and_says_what_it_did(desk: Desk) -> None:
    declined = [await desk.received() for _ in range(3)]
    resolved = await desk.received(reporter={"phone": "0912345678"})
    for made in declined:
        await desk.walk(made["id"], *DECLINED)
    await desk.walk(resolved["id"], *TO_CLOSED)
    assert (await retention(desk))["erased"] == []
    desk.clock.ahead = timedelta(days=100)

    async def done() -> bool:
        told = await retention(desk)
        return bool(told["identities_erased"] == 1 and sum(group["count"] for group in told["erased"]) == 3)

    await eventually(done, within=15)
    told = await retention(desk)
    assert told["erased"] == [{"outcome": "out_of_scope", "reason": "retention", "count": 3}]
    assert told["due"] == 0
    kept = await desk.document(resolved["id"])
    assert (kept["status"], kept.get("identity_key"), bool(kept["key"])) == ("closed", None, True)


async def test_what_reporters_asked_for_is_counted_until_it_is_done(desk: Desk) -> None:
    made = await desk.received()
    await desk.walk(made["id"], *TO_CLOSED)
    await asked(desk, made)
    assert (await retention(desk))["asked"] == 1
    desk.clock.ahead = timedelta(days=20)
    assert (await retention(desk))["asked_late"] == 1
    await desk.call(made["id"], "erase", BY_CODE)
    told = await retention(desk)
    assert (told["asked"], told["asked_late"]) == (0, 0)


async def test_a_tip_about_an_officer_is_in_no_count_of_the_ward(desk: Desk) -> None:
    made = await desk.received(category="officer_misconduct")
    inspector = desk.officer(*EVERY_RIGHT, "inspectorate", sub="inspector-1")
    for name, body in TO_CLOSED:
        await desk.call(made["id"], name, body, by=inspector)
    await asked(desk, made)
    for areas in (("*",), ("99/99001",)):
        assert (await retention(desk, areas=areas))["asked"] == 0
    assert (await retention(desk, "inspectorate"))["asked"] == 1
    assert (await retention(desk, "inspectorate", areas=("01",)))["asked"] == 0
