"""Referring a dispute to mediation: what the officer is asked, and what the reporter finds in the mailbox."""

import json
import logging
from datetime import timedelta
from typing import Any

import bson
import httpx
import pytest

from shared.join_code import join_hash
from tests.component.tips.conftest import Desk

DISPUTE: tuple[str, Any] = ("classify", {"classification": "dispute", "dispute_type": "boundary"})
NOTHING_AGAINST = {
    "state_or_public_interest": False,
    "must_be_prosecuted": False,
    "must_be_sanctioned": False,
    "barred_by_law": False,
}
BYSTANDER: dict[str, Any] = {"scope": NOTHING_AGAINST, "reporter_is_party": False}


def by_a_party(desk: Desk, how: str = "in_person", minutes_ago: float = 30) -> dict[str, Any]:
    at = (desk.clock.now() - timedelta(minutes=minutes_ago)).isoformat()
    return {"scope": NOTHING_AGAINST, "reporter_is_party": True, "consent": {"how": how, "at": at}}


async def a_dispute(desk: Desk, **changes: Any) -> dict[str, Any]:
    received = await desk.received(**{"category": "neighbour_dispute", **changes})
    await desk.walk(received["id"], DISPUTE)
    return received


async def mailbox(desk: Desk, received: dict[str, Any]) -> dict[str, Any]:
    code = {"Authorization": f"Receipt {received['receipt_code']}"}
    return dict((await desk.http.get("/reporter/tip", headers=code)).json())


async def refused(desk: Desk, tip_id: str, body: Any, **options: Any) -> httpx.Response:
    """The answer to a referral that must write nothing."""
    before = await desk.document(tip_id)
    answer = await desk.call(tip_id, "refer-to-mediation", body, **options)
    assert await desk.document(tip_id) == before
    return answer


async def test_a_dispute_is_referred_and_its_event_carries_the_hash_of_the_reporters_code(desk: Desk) -> None:
    received = await a_dispute(desk)
    answer = await desk.call(received["id"], "refer-to-mediation", by_a_party(desk))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["referral"]) == ("referred", 1)
    event = (await desk.events(received["id"]))[-1]
    assert event["type"] == "liengia.tip.referred_to_mediation.v1"
    told = event["data"]
    assert (told["referral"], told["dispute_type"], told["state"]) == (1, "boundary", "referred")
    seen = await mailbox(desk, received)
    assert join_hash(seen["mediation"]["join_code"]) == told["join_hash"]


async def test_the_reporter_reads_in_both_languages_what_the_code_is_for(desk: Desk) -> None:
    received = await a_dispute(desk)
    assert (await mailbox(desk, received))["mediation"] is None
    await desk.walk(received["id"], ("refer-to-mediation", by_a_party(desk)))
    seen = await mailbox(desk, received)
    assert "hòa giải" in seen["status_text"]["vi"]
    assert "tự tham gia hòa giải" in seen["mediation"]["what_for"]["vi"]
    assert "join the mediation yourself" in seen["mediation"]["what_for"]["en"]
    assert (await mailbox(desk, received))["mediation"] == seen["mediation"]


async def test_every_tip_has_a_code_of_its_own(desk: Desk) -> None:
    codes = set()
    for _ in range(3):
        received = await a_dispute(desk)
        await desk.walk(received["id"], ("refer-to-mediation", BYSTANDER))
        codes.add((await mailbox(desk, received))["mediation"]["join_code"])
    assert len(codes) == 3


async def test_neither_code_nor_consent_leaves_and_the_code_is_stored_nowhere(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    received = await a_dispute(desk)
    tip = received["id"]
    await desk.walk(tip, ("refer-to-mediation", by_a_party(desk, how="mailbox")))
    code = (await mailbox(desk, received))["mediation"]["join_code"]
    forms = [code.encode(), code.replace("-", "").encode()]
    document = bson.encode(await desk.document(tip))
    by_officer = [
        (await desk.http.get(f"/tips/{tip}{path}", headers=desk.officer())).content
        for path in ("", "/timeline", "/clocks")
    ]
    events = json.dumps(await desk.events(tip), default=str).encode()
    logs = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records).encode()
    for place in (document, *by_officer, events, logs):
        assert not any(form in place for form in forms)
    assert b"consent" not in events
    assert b"mailbox" not in events


async def test_the_history_keeps_how_and_when_the_reporter_agreed(desk: Desk) -> None:
    tip = (await a_dispute(desk))["id"]
    await desk.walk(tip, ("refer-to-mediation", by_a_party(desk, how="phone")))
    answer = await desk.http.get(f"/tips/{tip}/timeline", headers=desk.officer())
    last = answer.json()["items"][-1]
    assert (last["what"], last["actor"]) == ("referred_to_mediation", "officer:officer-1")
    assert last["payload"]["consent"]["how"] == "phone"
    assert last["payload"]["reporter_is_party"] is True
    assert "join_hash" not in last["payload"]


async def test_every_question_of_scope_must_be_answered_with_yes_or_no(desk: Desk) -> None:
    tip = (await a_dispute(desk))["id"]
    answer = await refused(desk, tip, {"scope": {"barred_by_law": "false"}})
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "/scope/state_or_public_interest",
        "/scope/must_be_prosecuted",
        "/scope/must_be_sanctioned",
        "/scope/barred_by_law",
        "/reporter_is_party",
    }


async def test_what_is_out_of_scope_is_refused_with_what_to_do_instead(desk: Desk) -> None:
    tip = (await a_dispute(desk))["id"]
    scope = {**NOTHING_AGAINST, "must_be_prosecuted": True, "barred_by_law": True}
    answer = await refused(desk, tip, {**BYSTANDER, "scope": scope})
    assert (answer.status_code, answer.json()["code"]) == (422, "out_of_mediation_scope")
    told = {fault["pointer"]: fault["message"] for fault in answer.json()["errors"]}
    assert "/handover" in told["/scope/must_be_prosecuted"]
    assert "/decline" in told["/scope/barred_by_law"]


@pytest.mark.parametrize("category", ["domestic_violence", "child_abuse", "drugs", "weapons_fireworks"])
async def test_some_categories_are_never_mediated(desk: Desk, category: str) -> None:
    tip = (await a_dispute(desk, category=category))["id"]
    answer = await refused(desk, tip, BYSTANDER)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_mediable")
    assert "/handover" in answer.json()["detail"]


async def test_a_party_must_have_agreed(desk: Desk) -> None:
    tip = (await a_dispute(desk))["id"]
    for body, pointer in (
        ({**BYSTANDER, "reporter_is_party": True}, "/consent"),
        ({**by_a_party(desk), "reporter_is_party": False}, "/consent"),
        (by_a_party(desk, minutes_ago=-60), "/consent/at"),
        (by_a_party(desk, how="telepathy"), "/consent/how"),
    ):
        answer = await refused(desk, tip, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_only_a_classified_dispute_is_referred(desk: Desk) -> None:
    tip = (await desk.received())["id"]
    for step in (None, ("classify", {"classification": "crime_report"})):
        if step is not None:
            await desk.walk(tip, step)
        answer = await refused(desk, tip, BYSTANDER)
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


async def test_a_referral_needs_the_scope_the_area_and_the_version(desk: Desk) -> None:
    tip = (await a_dispute(desk))["id"]
    for by in (desk.officer("tips:read"), desk.officer(areas=("99/99002",))):
        assert (await refused(desk, tip, BYSTANDER, by=by)).status_code == 403
    assert (await refused(desk, tip, BYSTANDER, headers={"If-Match": '"1"'})).status_code == 412


async def test_a_referred_tip_is_listed_and_nothing_but_mediation_ends_it(desk: Desk) -> None:
    tip, other = (await a_dispute(desk))["id"], (await desk.received())["id"]
    await desk.walk(tip, ("refer-to-mediation", BYSTANDER))
    listed = await desk.http.get("/tips", params={"status": "referred"}, headers=desk.officer())
    assert [item["id"] for item in listed.json()["items"]] == [tip]
    seen = (await desk.http.get(f"/tips/{tip}", headers=desk.officer())).json()
    assert seen["actions"] == [
        "assign",
        "attend",
        "messages",
        "evidence",
        "link-duplicate",
        "unlink-duplicate",
        "extend",
    ]
    assert seen["referred_at"] is not None
    for name, body in (
        ("resolve", {}),
        ("handover", {"authority": "procuracy"}),
        ("reply", {"text": "Xong"}),
    ):
        assert (await desk.call(tip, name, body)).status_code == 409
    assert (await desk.call(tip, "refer-to-mediation", BYSTANDER)).status_code == 409
    await desk.walk(
        tip, ("messages", {"text": "Bạn đã nhận mã chưa?"}), ("link-duplicate", {"duplicate_of": other})
    )
