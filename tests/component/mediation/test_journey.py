"""A case from its request to an agreement that holds, and every other way it may end."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.component.mediation.conftest import AREA, Desk, fresh_key, receipt
from tests.support.waiting import eventually

TERMS = [
    {"text": "Dời tường rào theo mốc đo", "owners": [2]},
    {"text": "Không mở loa sau 22 giờ", "owners": [1, 2]},
]


async def state_of(desk: Desk, case_id: str) -> str:
    answer = await desk.http.get(f"/cases/{case_id}", headers=desk.head)
    return str(answer.json()["state"])


async def test_two_neighbours_agree_and_the_agreement_is_followed_to_its_end(desk: Desk) -> None:
    case_id, codes = await desk.in_session()
    serving = desk.serving()
    await desk.walk(case_id, ("outcome", {"outcome": "successful", "terms": TERMS}), by=serving)
    assert await state_of(desk, case_id) == "following_up"
    await desk.walk(case_id, ("follow-ups", {"terms": [{"term": 1, "judgement": "performed"}]}), by=serving)
    assert await state_of(desk, case_id) == "following_up"
    await desk.walk(case_id, ("follow-ups", {"terms": [{"term": 2, "judgement": "performed"}]}), by=serving)
    assert await state_of(desk, case_id) == "closed"
    rated = await desk.http.post("/party/rating", json={"rating": 5}, headers=receipt(codes[0]))
    assert rated.json()["rating"] == 5
    assert await desk.events(case_id) == [
        "requested",
        "scope_decided",
        "accepted",
        "assigned",
        "session_held",
        "concluded",
        "agreement_performed",
        "closed",
        "rated",
    ]


@pytest.mark.parametrize(
    ("judgements", "told"),
    [
        (("performed", "performed"), "agreement_performed"),
        (("performed", "breached"), "agreement_partly_performed"),
        (("breached", "breached"), "agreement_breached"),
    ],
)
async def test_an_agreement_is_judged_by_all_its_terms(
    desk: Desk, judgements: tuple[str, str], told: str
) -> None:
    case_id, _ = await desk.in_session()
    judged = [{"term": number, "judgement": one} for number, one in enumerate(judgements, 1)]
    await desk.walk(
        case_id,
        ("outcome", {"outcome": "successful", "terms": TERMS}),
        ("follow-ups", {"terms": judged}),
        by=desk.serving(),
    )
    assert (await desk.events(case_id))[-2:] == [told, "closed"]


async def test_follow_ups_come_due_once_each_at_seven_thirty_and_ninety_days(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    await desk.walk(case_id, ("outcome", {"outcome": "successful", "terms": TERMS}), by=desk.serving())
    for days, expected in ((0, 0), (11, 1), (40, 2), (100, 3)):
        desk.clock.ahead = timedelta(days=days)

        async def announced(expected: int = expected) -> bool:
            return (await desk.events(case_id)).count("followup_due") == expected

        await eventually(announced)
    looked = await desk.call(case_id, "follow-ups", {"terms": []}, by=desk.serving())
    assert looked.status_code == 200
    again = await desk.call(case_id, "follow-ups", {"terms": []}, by=desk.serving())
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/terms")


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        ([("consents", {"party": 2, "agrees": False})], "refused"),
        ([("withdraw", {"party": 1})], "withdrawn"),
    ],
)
async def test_a_party_who_does_not_want_to_ends_the_case(
    desk: Desk, steps: list[tuple[str, Any]], ends: str
) -> None:
    case_id, _ = await desk.opened()
    await desk.walk(case_id, ("scope-check", {"decision": "in"}), *steps)
    told = (await desk.http.get(f"/cases/{case_id}", headers=desk.head)).json()
    assert (told["state"], told["outcome"], told["contents"]["end_reason"]) == ("closed", "ended", ends)
    assert (await desk.events(case_id))[-2:] == ["concluded", "closed"]


async def test_consent_may_be_withdrawn_until_the_outcome_and_not_after(desk: Desk) -> None:
    case_id, codes = await desk.in_session()
    left = await desk.http.post("/party/withdraw", headers=receipt(codes[1]))
    assert left.json()["state"] == "closed"
    other, codes = await desk.in_session()
    await desk.walk(other, ("outcome", {"outcome": "successful", "terms": TERMS}), by=desk.serving())
    late = await desk.http.post("/party/withdraw", headers=receipt(codes[1]))
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    assert await state_of(desk, case_id) == "closed"


async def test_violence_stops_the_talks(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    held = {"held_at": desk.clock.now().isoformat(), "attended": [1, 2], "stopped": True}
    await desk.walk(case_id, ("sessions", held), by=desk.serving())
    told = (await desk.http.get(f"/cases/{case_id}", headers=desk.head)).json()
    assert (told["state"], told["contents"]["end_reason"]) == ("closed", "stopped")


async def test_a_party_who_cannot_be_reached_ends_the_case_after_the_last_attempt(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    await desk.walk(case_id, ("scope-check", {"decision": "in"}), *[("attempts", {"party": 2})] * 3)
    assert await state_of(desk, case_id) == "consent_pending"
    desk.clock.ahead = timedelta(days=10)

    async def closed() -> bool:
        return await state_of(desk, case_id) == "closed"

    await eventually(closed)
    told = (await desk.http.get(f"/cases/{case_id}", headers=desk.head)).json()
    assert told["contents"]["end_reason"] == "unreachable"


async def test_what_is_out_of_scope_names_its_ground_and_the_next_body(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    vague = await desk.call(case_id, "scope-check", {"decision": "out"})
    assert (vague.status_code, vague.json()["errors"][0]["pointer"]) == (422, "/ground")
    await desk.walk(case_id, ("scope-check", {"decision": "unsure"}))
    out = {"decision": "out", "ground": "must_be_prosecuted", "next_body": "investigation_agency"}
    await desk.walk(case_id, ("scope-check", out))
    assert await desk.events(case_id) == [
        "requested",
        "scope_decided",
        "scope_decided",
        "concluded",
        "closed",
    ]
    pending = (await desk.document(case_id))["pending"]
    assert pending[-2]["data"]["outcome"] == "out_of_scope"


async def test_a_mediator_writes_down_what_was_settled_on_the_spot(desk: Desk) -> None:
    team_id = await desk.team()
    parties = [{"name": "A", "consents": True}, {"name": "B", "consents": True}]
    spot: dict[str, Any] = {
        "area": AREA,
        "dispute_type": "noise",
        "ground": "on_the_spot",
        "team_id": team_id,
        "parties": parties,
        "began_at": (desk.clock.now() - timedelta(hours=5)).isoformat(),
    }

    async def post(**changes: Any) -> httpx.Response:
        return await desk.http.post("/cases", json={**spot, **changes}, headers=desk.serving("hgv-01"))

    opened = await post()
    assert (opened.status_code, opened.json()["state"]) == (201, "in_session")
    await desk.walk(
        opened.json()["id"],
        ("outcome", {"outcome": "successful", "terms": TERMS}),
        by=desk.serving("hgv-01"),
    )
    assert (await post(parties=[{"name": "A", "consents": True}, {"name": "B"}])).status_code == 422
    late = await post(began_at=(desk.clock.now() - timedelta(days=10)).isoformat())
    assert late.json()["errors"][0]["pointer"] == "/began_at"
    stranger = await desk.http.post("/cases", json=spot, headers=desk.serving("nobody"))
    assert stranger.json()["errors"][0]["pointer"] == "/team_id"


async def test_a_request_sent_twice_makes_one_case_with_the_same_codes(desk: Desk) -> None:
    headers = {**desk.head, **fresh_key()}
    body = {
        "area": AREA,
        "dispute_type": "noise",
        "ground": "party_request",
        "parties": [{"name": "Bên A"}, {"name": "Bên B"}],
    }
    first = await desk.http.post("/cases", json=body, headers=headers)
    again = await desk.http.post("/cases", json=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = {**body, "parties": [{"name": "Người khác"}]}
    misused = await desk.http.post("/cases", json=other, headers=headers)
    assert (misused.status_code, misused.json()["code"]) == (409, "idempotency_mismatch")
    party = {**desk.head, **fresh_key()}
    path = f"/cases/{first.json()['id']}/parties"
    codes = [(await desk.http.post(path, json={"name": "Bên C"}, headers=party)).json() for _ in range(2)]
    assert codes[0] == codes[1]
    assert codes[0]["party"] == 3
    assert (await desk.http.post(path, json={"name": "D"}, headers=party)).status_code == 409


async def test_what_the_table_does_not_know_is_refused_and_nothing_is_written(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    before = await desk.document(case_id)
    for name, body in (
        ("consents", {"party": 1, "agrees": True}),
        ("assignments", {"team_id": await desk.team(), "mediator": 1}),
        ("attempts", {"party": 1}),
    ):
        refused = await desk.call(case_id, name, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition"), refused.text
        assert "scope-check" in refused.json()["detail"]
    stale = await desk.call(case_id, "scope-check", {"decision": "in"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
    assert await desk.document(case_id) == before
