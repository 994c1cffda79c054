"""A tip about an officer: for everybody but the inspectorate it does not exist."""

from typing import Any

import pytest

from tests.component.tips.conftest import EVERY_RIGHT, Desk

UNKNOWN = "tip_" + "a" * 26
CALLS: list[tuple[str, Any]] = [
    ("classify", {"classification": "crime_report"}),
    ("assign", {"to": "officer-2"}),
    ("attend", None),
    ("extend", {"clock": "decide", "ground": "complex", "until": "2026-12-30", "reason": "x"}),
    ("link-duplicate", {"duplicate_of": UNKNOWN}),
    ("unlink-duplicate", None),
    ("decline", {"reason": "other"}),
    (
        "refer-to-mediation",
        {
            "scope": {
                "state_or_public_interest": False,
                "must_be_prosecuted": False,
                "must_be_sanctioned": False,
                "barred_by_law": False,
            },
            "reporter_is_party": False,
        },
    ),
    ("handover", {"authority": "inspectorate"}),
    ("resolve", {}),
    ("find-unfounded", {"reason": "other"}),
    ("handover-result", {"result": "no_case"}),
    ("reply", {"text": "x"}),
    ("close", None),
    ("messages", {"text": "x"}),
    ("identity-requests", {"purpose": "other", "legal_basis": "court_order", "reason": "x"}),
    ("identity-requests/1/approve", None),
    ("erase", {"asked": "in_writing"}),
    ("evidence", {"a file": "of some kind"}),
]
READ = (
    "",
    "/timeline",
    "/clocks",
    "/identity-requests",
    "/identity-requests/1/identity",
    "/evidence/1",
    "/evidence/1/original",
    "/evidence/1/custody",
)
VAULT = ("identity:request", "identity:approve")


async def about_an_officer(desk: Desk) -> str:
    return str((await desk.received(category="officer_misconduct"))["id"])


def inspector(desk: Desk) -> Any:
    return desk.officer(*EVERY_RIGHT, "inspectorate", sub="inspector-1")


@pytest.mark.parametrize("everywhere", [False, True])
async def test_every_call_answers_as_for_an_unknown_tip(desk: Desk, everywhere: bool) -> None:
    tip = await about_an_officer(desk)
    by = desk.officer(*EVERY_RIGHT, *VAULT, areas=("*",) if everywhere else ("99/99001",))
    for name, body in CALLS:
        for headers in ({}, {"If-Match": '"77"'}):
            hidden = await desk.call(tip, name, body, by=by, headers=headers)
            unknown = await desk.call(UNKNOWN, name, body, by=by, headers=headers)
            assert hidden.status_code == unknown.status_code == 404, name
            assert hidden.json() == unknown.json()
    for path in READ:
        hidden = await desk.http.get(f"/tips/{tip}{path}", headers=by)
        unknown = await desk.http.get(f"/tips/{UNKNOWN}{path}", headers=by)
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.json() == unknown.json()


async def test_an_officer_of_another_area_is_not_told_either(desk: Desk) -> None:
    tip = await about_an_officer(desk)
    answer = await desk.call(tip, *CALLS[0], by=desk.officer(areas=("01",)))
    assert answer.status_code == 404


async def test_it_is_absent_from_lists(desk: Desk) -> None:
    tip = await about_an_officer(desk)
    ordinary = (await desk.received())["id"]
    for by, expected in ((desk.officer(), [ordinary]), (inspector(desk), [ordinary, tip])):
        answer = await desk.http.get("/tips", headers=by)
        assert [item["id"] for item in answer.json()["items"]] == expected
    filtered = await desk.http.get("/tips", params={"category": "officer_misconduct"}, headers=desk.officer())
    assert filtered.json() == {"items": [], "next_cursor": None}


async def test_the_inspectorate_works_on_it_and_its_events_are_marked(desk: Desk) -> None:
    tip = await about_an_officer(desk)
    assert (await desk.call(tip, *CALLS[0], by=inspector(desk))).status_code == 200
    events = await desk.events(tip)
    assert [event["data"]["restricted"] for event in events] == ["inspectorate", "inspectorate"]
    assert all("ward_police" not in str(event["data"].get("notify")) for event in events)


async def test_a_tip_that_turns_out_to_be_about_an_officer_disappears_for_the_ward(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    body = {"classification": "crime_report", "category": "officer_misconduct"}
    assert (await desk.call(tip, "classify", body)).status_code == 200
    assert (await desk.http.get(f"/tips/{tip}", headers=desk.officer())).status_code == 404


async def test_no_public_event_names_a_restricted_tip(desk: Desk) -> None:
    tip, ordinary = await about_an_officer(desk), (await desk.received())["id"]
    by_officer = await desk.call(ordinary, "link-duplicate", {"duplicate_of": tip})
    by_officer_unknown = await desk.call(ordinary, "link-duplicate", {"duplicate_of": UNKNOWN})
    assert by_officer.status_code == 422
    assert by_officer.json() == by_officer_unknown.json()
    by_inspector = await desk.call(ordinary, "link-duplicate", {"duplicate_of": tip}, by=inspector(desk))
    assert (by_inspector.status_code, by_inspector.json()["code"]) == (409, "restricted_target")
    back = await desk.call(tip, "link-duplicate", {"duplicate_of": ordinary}, by=inspector(desk))
    assert back.status_code == 200


async def test_its_reporter_follows_it_like_any_other(desk: Desk) -> None:
    received = await desk.received(category="officer_misconduct")
    code = {"Authorization": f"Receipt {received['receipt_code']}"}
    assert (await desk.http.get("/reporter/tip", headers=code)).json()["status"] == "received"
