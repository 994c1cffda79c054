"""Officers' calls: what is lawful when, for whom, and on which version."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.component.tips.conftest import Desk

CLASSIFY: tuple[str, Any] = ("classify", {"classification": "crime_report", "harm": "completed"})
HANDOVER: tuple[str, Any] = ("handover", {"authority": "investigation_agency", "receipt_no": "GN-118/2026"})


async def names(desk: Desk, tip_id: str) -> list[str]:
    return [event["type"].removeprefix("liengia.tip.") for event in await desk.events(tip_id)]


async def test_a_tip_goes_from_classification_to_the_result_of_its_handover(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(
        tip,
        CLASSIFY,
        ("assign", {"to": "officer-2"}),
        ("attend", None),
        HANDOVER,
        ("reply", {"text": "Đã chuyển cơ quan điều tra."}),
        ("handover-result", {"result": "case_opened", "case_count": 1, "person_count": 2}),
        ("close", {}),
    )
    assert await names(desk, tip) == [
        "received.v1", "classified.v1", "assigned.v1", "attended.v1", "handed_over.v1", "replied.v1",
        "handover_result.v1", "closed.v1",
    ]  # fmt: skip
    assert [event["sequence"] for event in await desk.events(tip)] == list(range(1, 9))
    seen = (await desk.http.get(f"/tips/{tip}", headers=desk.officer())).json()
    assert (seen["status"], seen["outcome"], seen["case_count"]) == ("closed", "handed_over", 1)


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        ([("decline", {"reason": "other_area", "note": "Thuộc phường khác"})], "out_of_scope"),
        ([CLASSIFY, ("resolve", {"note": "Đã nhắc nhở"})], "resolved"),
        ([CLASSIFY, ("find-unfounded", {"reason": "nothing_found"})], "unfounded"),
    ],
)
async def test_the_other_ways_a_tip_ends(desk: Desk, steps: list[tuple[str, Any]], ended: str) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(tip, *steps)
    seen = (await desk.http.get(f"/tips/{tip}", headers=desk.officer())).json()
    assert seen["status"] == seen["outcome"] == ended


async def test_a_count_is_a_number_and_nothing_that_looks_like_one(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(tip, CLASSIFY, HANDOVER)
    for count in (True, "3", 1.5, -1, 10**30):
        answer = await desk.call(tip, "handover-result", {"result": "case_opened", "case_count": count})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/case_count")


async def test_what_is_not_in_the_table_is_refused_and_writes_nothing(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    before = await desk.document(tip)
    for name, body in (HANDOVER, ("resolve", {}), ("reply", {"text": "Xong"}), ("close", {})):
        answer = await desk.call(tip, name, body)
        assert answer.status_code == 409
        assert answer.json()["code"] == "illegal_transition"
    assert await desk.document(tip) == before


async def test_a_stale_version_is_refused_and_the_fresh_one_is_taken(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    read = await desk.http.get(f"/tips/{tip}", headers=desk.officer())
    tag = {"If-Match": read.headers["ETag"]}
    first = await desk.call(tip, *CLASSIFY, headers=tag)
    stale = await desk.call(tip, "assign", {"to": "officer-2"}, headers=tag)
    assert (first.status_code, stale.status_code) == (200, 412)
    assert stale.json()["code"] == "version_mismatch"
    assert first.headers["ETag"] == f'"{first.json()["version"]}"'
    again = await desk.call(tip, "assign", {"to": "officer-2"}, headers={"If-Match": first.headers["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"areas": ("99/99002",)}, 403, "forbidden"),
        ({"areas": ("99/9900",)}, 403, "forbidden"),
        ({"areas": ()}, 403, "forbidden"),
        ({"scopes": ("tips:read",)}, 403, "forbidden"),
    ],
)
async def test_only_officers_of_the_area_with_the_scope_may_act(
    desk: Desk, headers: dict[str, Any], status: int, code: str
) -> None:
    tip = (await desk.received())["id"]
    by = desk.officer(*headers.get("scopes", ()), areas=headers.get("areas", ("99/99001",)))
    answer = await desk.call(tip, *CLASSIFY, by=by)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    unsigned = await desk.http.post(f"/tips/{tip}/classify", json=CLASSIFY[1])
    assert unsigned.status_code == 401


async def test_an_unknown_tip_is_not_found(desk: Desk) -> None:
    answer = await desk.call("tip_" + "a" * 26, *CLASSIFY)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_body_with_a_fault_is_named_by_its_place(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    answer = await desk.call(tip, "classify", {"classification": "dispute"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/dispute_type"
    answer = await desk.call(tip, "classify", {"classification": "gossip", "extra": 1})
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/classification", "/extra"}


async def test_only_a_supervisor_gives_a_clock_more_time(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    decide = await clock(desk, tip, "decide")
    until = (desk.clock.now() + timedelta(days=35)).date().isoformat()
    body = {"clock": "decide", "ground": "complex", "until": until, "reason": "Vụ việc phức tạp"}
    refused = await desk.call(tip, "extend", body, by=desk.officer("tips:read", "tips:handle"))
    assert refused.status_code == 403
    assert (await desk.call(tip, "extend", body)).status_code == 200
    extended = await clock(desk, tip, "decide")
    assert extended["due"] > decide["due"]
    assert extended["extensions"][0]["ground"] == "complex"
    (event,) = [one for one in await desk.events(tip) if "deadline_extended" in one["type"]]
    assert event["data"]["clock"] == "decide"


@pytest.mark.parametrize("count", ["2", True, 1.5, -1, 100_001])
async def test_a_count_is_a_whole_number_that_can_be(desk: Desk, count: object) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(tip, CLASSIFY, HANDOVER)
    answer = await desk.call(tip, "handover-result", {"result": "sanctioned", "person_count": count})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/person_count")


async def clock(desk: Desk, tip_id: str, name: str) -> dict[str, Any]:
    answer = await desk.http.get(f"/tips/{tip_id}/clocks", headers=desk.officer())
    return next(one for one in answer.json()["items"] if one["clock"] == name)


async def test_a_duplicate_is_linked_and_unlinked(desk: Desk) -> None:
    tip, other = (await desk.received())["id"], (await desk.received())["id"]
    linked = await desk.call(tip, "link-duplicate", {"duplicate_of": other})
    assert linked.json()["duplicate_of"] == other
    chain = await desk.call((await desk.received())["id"], "link-duplicate", {"duplicate_of": tip})
    assert (chain.status_code, chain.json()["code"]) == (409, "duplicate_chain")
    unknown = await desk.call(other, "link-duplicate", {"duplicate_of": "tip_" + "a" * 26})
    assert unknown.status_code == 422
    assert (await desk.call(tip, "unlink-duplicate")).json()["duplicate_of"] is None


async def test_two_tips_linked_to_each_other_at_once_keep_one_link_at_most(desk: Desk) -> None:
    for _ in range(8):
        one, other = [(await desk.received())["id"] for _ in range(2)]
        answers = await asyncio.gather(
            desk.call(one, "link-duplicate", {"duplicate_of": other}),
            desk.call(other, "link-duplicate", {"duplicate_of": one}),
        )
        taken = [answer for answer in answers if answer.status_code == 200]
        linked = [tip for tip in (one, other) if (await desk.document(tip)).get("duplicate_of")]
        assert len(taken) == len(linked) <= 1
        assert {answer.json().get("code") for answer in answers if answer not in taken} == {"duplicate_chain"}


async def test_the_history_is_a_chain_that_names_who_did_what(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    await desk.walk(tip, CLASSIFY, ("assign", {"to": "officer-2"}))
    answer = await desk.http.get(f"/tips/{tip}/timeline", headers=desk.officer())
    entries = answer.json()["items"]
    assert [entry["what"] for entry in entries] == ["received", "classified", "assigned"]
    assert [entry["actor"] for entry in entries] == ["reporter", "officer:officer-1", "officer:officer-1"]
    assert len({entry["hash"] for entry in entries}) == 3
