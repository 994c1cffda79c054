"""What parties and mediators told is nowhere plain in the database, never leaves, and can be forgotten."""

from datetime import timedelta
from typing import Any

import bson

from tests.component.mediation.conftest import AREA, Desk, mediator, receipt
from tests.support.waiting import eventually

PARTIES: list[dict[str, Any]] = [
    {
        "name": "Nguyễn Văn Đức",
        "phone": "0912 345 678",
        "address": "hẻm 45 ngõ Hoa",
        "statement": "Rào lấn 40 cm",
    },
    {"name": "Phạm Thị Hồng", "phone": "0987 654 321", "statement": "Loa kẹo kéo suốt đêm"},
]
SESSION = {"attended": [1, 2], "place": "Nhà văn hóa Hoa Sen", "note": "Bà Hồng khóc"}
TERMS = [{"text": "Dời rào về mốc cũ", "owners": [1]}]
PLANTED = [
    *(word for person in PARTIES for word in person.values()),
    *("Nhà văn hóa Hoa Sen", "Bà Hồng khóc", "Dời rào về mốc cũ", "Hòa giải viên hgv-02", "Cô Mai họ hàng"),
]


async def told_everything(desk: Desk) -> tuple[str, list[str]]:
    """A case in which everything was said that can be said, with an agreement: its id and the codes."""
    team_id = await desk.team()
    interest = {"relation": "relative", "person": "Cô Mai họ hàng"}
    await desk.http.post(f"/teams/{team_id}/mediators/2/interests", json=interest, headers=desk.head)
    body = {"area": AREA, "dispute_type": "noise", "ground": "party_request", "parties": PARTIES[:1]}
    opened = (await desk.http.post("/cases", json=body, headers=desk.head)).json()
    case_id, codes = opened["id"], [opened["codes"][0]["code"]]
    codes.append((await desk.call(case_id, "parties", PARTIES[1])).json()["code"])
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
        ("assignments", {"team_id": team_id, "mediator": 2}),
    )
    held = {**SESSION, "held_at": desk.clock.now().isoformat()}
    outcome = {"outcome": "successful", "terms": TERMS}
    await desk.walk(case_id, ("sessions", held), ("outcome", outcome), by=desk.serving())
    return case_id, codes


async def raw(desk: Desk) -> bytes:
    """Every document of every collection, as the bytes that are stored."""
    found = b""
    async with desk.database() as database:
        for name in await database.list_collection_names():
            async for document in database[name].find({}):
                found += bson.encode(document)
    return found


async def test_nothing_that_was_told_is_plain_in_the_database(desk: Desk) -> None:
    case_id, codes = await told_everything(desk)
    stored = await raw(desk)
    assert case_id.encode() in stored, "nothing was looked at"
    for word in [*PLANTED, *codes, *(code.replace("-", "") for code in codes)]:
        assert word.encode() not in stored, word
    seen = (await desk.http.get(f"/cases/{case_id}", headers=desk.serving())).text
    for word in PLANTED[:-2]:
        assert word in seen, "the mediator reads what was told"


async def test_what_waits_for_kafka_names_nobody(desk: Desk) -> None:
    case_id, codes = await told_everything(desk)
    document = await desk.document(case_id)
    pending = bson.encode({"pending": document["pending"]})
    for word in [*PLANTED, *codes, "hgv-02", "head-1", document["mediator"].partition("/")[0]]:
        assert word.encode() not in pending, word


async def test_two_years_after_it_closed_nothing_of_a_case_can_be_read(desk: Desk) -> None:
    case_id, codes = await told_everything(desk)
    judged = {"terms": [{"term": 1, "judgement": "performed"}]}
    await desk.walk(case_id, ("follow-ups", judged), by=desk.serving())
    sealed = await desk.document(case_id)
    desk.clock.ahead = timedelta(days=720)
    assert (await desk.http.get("/party/case", headers=receipt(codes[0]))).status_code == 200
    desk.clock.ahead = timedelta(days=740)

    async def erased() -> bool:
        return str((await desk.document(case_id))["status"]) == "erased"

    await eventually(erased)
    stored = await raw(desk)
    for secret in (
        sealed["key"],
        *(one["identity"] for one in sealed["parties"]),
        sealed["terms"][0]["text"],
    ):
        assert secret.encode() not in stored, "a sealed value or its key is still there"
    for one in sealed["parties"]:
        assert one["code_mark"].encode() not in stored
    after = await desk.http.get(f"/cases/{case_id}", headers=desk.head)
    told = after.json()
    assert (told["state"], told["outcome"], told["dispute_type"]) == ("erased", "successful", "noise")
    assert (told["contents"]["parties"], told["contents"]["sessions"], told["contents"]["terms"]) == (
        [],
        [],
        [],
    )
    history = (await desk.http.get(f"/cases/{case_id}/logbook", headers=desk.head)).json()["items"]
    assert {entry["payload"] is None for entry in history[:-1]} == {True}
    for code in codes:
        assert (await desk.http.get("/party/case", headers=receipt(code))).status_code == 401
    assert (await desk.events(case_id))[-1] == "erased"


async def test_a_case_that_is_not_closed_is_never_forgotten(desk: Desk) -> None:
    case_id, codes = await told_everything(desk)
    desk.clock.ahead = timedelta(days=3_000)

    async def announced() -> bool:
        return (await desk.events(case_id)).count("followup_due") == 3

    await eventually(announced)
    assert (await desk.http.get("/party/case", headers=receipt(codes[0]))).json()["terms"]


async def test_a_refusal_repeats_nothing_that_was_said(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    for path, body in (
        (f"/cases/{case_id}/parties", {"name": "Bà Hồng khóc", "phone": "Bà Hồng khóc"}),
        ("/join", {"code": "Bà Hồng khóc", "name": "Bà Hồng khóc"}),
        ("/teams", mediator("Bà Hồng khóc")),
    ):
        refused = await desk.http.post(path, json=body, headers=desk.head)
        assert refused.status_code == 422
        assert "Hồng" not in refused.text
