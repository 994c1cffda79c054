"""Parties come in with codes: a reporter with the join code of the mailbox, once."""

import asyncio
import secrets
from typing import Any

import pytest

from shared.join_code import join_hash, spell
from tests.component.mediation.conftest import Desk, fresh_key, receipt

PERSON = {"name": "Trần Thị Lan", "statement": "Nhà bên mở loa suốt đêm."}


async def awaiting(desk: Desk) -> tuple[str, str]:
    """A case that waits for a reporter, as a referral leaves it: its id and the join code."""
    case_id, _ = await desk.opened("Bên A")
    code = spell(secrets.token_bytes(20))
    async with desk.database() as database:
        await database["cases"].update_one({"_id": case_id}, {"$set": {"join_hash": join_hash(code)}})
    return case_id, code


async def join(desk: Desk, code: str, key: dict[str, str] | None = None, **changes: Any) -> Any:
    return await desk.http.post("/join", json={"code": code, **PERSON, **changes}, headers=key or fresh_key())


async def test_a_reporter_joins_with_the_code_as_people_type_it_and_has_a_code_of_their_own(
    desk: Desk,
) -> None:
    case_id, code = await awaiting(desk)
    joined = await join(desk, code.lower().replace("-", " "))
    assert (joined.status_code, joined.json()["case_id"]) == (201, case_id)
    contents = (await desk.http.get(f"/cases/{case_id}", headers=desk.head)).json()["contents"]
    reporter = contents["parties"][-1]
    assert (reporter["name"], reporter["reporter"], contents["waits_for_reporter"]) == (
        "Trần Thị Lan",
        True,
        False,
    )
    await desk.walk(case_id, ("scope-check", {"decision": "in"}))
    agreed = await desk.http.post(
        "/party/consent", json={"agrees": True}, headers=receipt(joined.json()["code"])
    )
    assert (agreed.status_code, agreed.json()["party"]) == (200, 2)


async def test_a_used_code_and_a_wrong_one_are_answered_alike(desk: Desk) -> None:
    case_id, code = await awaiting(desk)
    assert (await join(desk, code)).status_code == 201
    before = await desk.document(case_id)
    used, wrong = await join(desk, code), await join(desk, spell(secrets.token_bytes(20)))
    assert used.status_code == wrong.status_code == 404
    assert used.text == wrong.text
    assert used.json()["code"] == "join_code_unknown"
    assert await desk.document(case_id) == before


async def test_the_same_key_joins_once_and_gives_the_same_answer(desk: Desk) -> None:
    case_id, code = await awaiting(desk)
    key = fresh_key()
    first, again = await join(desk, code, key), await join(desk, code, key)
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    other = await join(desk, code, key, name="Người khác")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    assert len((await desk.document(case_id))["parties"]) == 2
    guessable = await join(desk, code, {"Idempotency-Key": "1"})
    assert guessable.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_of_many_who_come_with_one_code_at_once_one_gets_in(desk: Desk) -> None:
    case_id, code = await awaiting(desk)
    answers = await asyncio.gather(*(join(desk, code, name=f"Người {number}") for number in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 5
    assert len((await desk.document(case_id))["parties"]) == 2


async def test_what_cannot_be_a_code_is_told_by_its_pointer(desk: Desk) -> None:
    unreadable = await join(desk, "12345")
    assert (unreadable.status_code, unreadable.json()["errors"][0]["pointer"]) == (422, "/code")
    nameless = await desk.http.post("/join", json={"code": "12345"}, headers=fresh_key())
    assert nameless.json()["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize("ended", [("withdraw", {"party": 1}), ("consents", {"party": 1, "agrees": False})])
async def test_nobody_joins_a_case_that_has_ended(desk: Desk, ended: tuple[str, Any]) -> None:
    case_id, code = await awaiting(desk)
    await desk.walk(case_id, ("scope-check", {"decision": "in"}), ended)
    assert (await join(desk, code)).json()["code"] == "join_code_unknown"


async def test_a_party_agrees_objects_withdraws_and_rates_as_the_table_allows(desk: Desk) -> None:
    case_id, (code, _) = await desk.opened()
    me = receipt(code)

    async def call(name: str, body: Any = None) -> tuple[int, str]:
        answer = await desk.http.post(f"/party/{name}", json=body, headers=me)
        told = answer.json()
        return answer.status_code, told.get("code") or told["state"]

    assert await call("consent", {"agrees": True}) == (409, "illegal_transition")
    assert await call("objection") == (409, "no_mediator")
    assert await call("rating", {"rating": 5}) == (409, "illegal_transition")
    await desk.walk(case_id, ("scope-check", {"decision": "in"}))
    assert await call("consent", {"agrees": True}) == (200, "consent_pending")
    assert await call("withdraw") == (200, "closed")
    assert await call("rating", {"rating": 6}) == (422, "validation_failed")
    assert await call("rating", {"rating": 2}) == (200, "closed")
    assert await call("rating", {"rating": 5}) == (409, "illegal_transition")
