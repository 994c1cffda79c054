"""A repeat changes nothing, a stale version is refused, and a fault is told where it stands."""

from datetime import timedelta
from typing import Any

from tests.component.mediation.conftest import AREA, MEMBERS, Desk, fresh_key, mediator

CASE = {
    "area": AREA,
    "dispute_type": "noise",
    "ground": "party_request",
    "parties": [{"name": "Bên A"}, {"name": "Bên B"}],
}
SOON = "2026-01-01T00:00:00Z"
SPOT = {**CASE, "ground": "on_the_spot", "began_at": SOON, "team_id": "team_" + "a" * 26}
TERM = {"text": "Dời rào", "owners": [1]}


async def test_a_repeat_that_leaves_a_party_out_is_another_body(desk: Desk) -> None:
    headers = {**desk.head, **fresh_key()}
    case_id = (await desk.http.post("/cases", json=CASE, headers=headers)).json()["id"]
    await desk.walk(case_id, ("parties", {"name": "Bên C"}))
    assert (await desk.http.post("/cases", json=CASE, headers=headers)).json()["id"] == case_id
    others: list[dict[str, Any]] = [
        {"parties": [{"name": "Bên A"}]},
        {"parties": []},
        {"dispute_type": "animals"},
    ]
    for changes in others:
        misused = await desk.http.post("/cases", json={**CASE, **changes}, headers=headers)
        assert (misused.status_code, misused.json()["code"]) == (409, "idempotency_mismatch")


async def test_on_the_spot_the_time_belongs_to_the_body_of_a_repeat(desk: Desk) -> None:
    team_id = await desk.team()
    began = desk.clock.now() - timedelta(hours=2)
    parties = [{"name": name, "consents": True} for name in ("Bên A", "Bên B")]
    body = {**SPOT, "team_id": team_id, "parties": parties, "began_at": began.isoformat()}
    headers = {**desk.serving(), **fresh_key()}
    first, again = [await desk.http.post("/cases", json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, first.text) == (201, again.text)
    later = {**body, "began_at": (began + timedelta(hours=1)).isoformat()}
    assert (await desk.http.post("/cases", json=later, headers=headers)).status_code == 409


async def test_a_mediator_tied_to_a_party_records_nothing_on_the_spot(desk: Desk) -> None:
    team_id = await desk.team(MEMBERS[1:])
    tied = mediator(MEMBERS[0], interests=[{"relation": "friend", "person": "ben a"}])
    await desk.http.post(f"/teams/{team_id}/mediators", json=tied, headers=desk.head)
    parties = [{"name": name, "consents": True} for name in ("Bên A", "Bên B")]
    body = {**SPOT, "team_id": team_id, "parties": parties, "began_at": desk.clock.now().isoformat()}
    refused = await desk.http.post("/cases", json=body, headers=desk.serving(MEMBERS[0]))
    assert (refused.status_code, refused.json()["code"]) == (409, "mediator_conflict_of_interest")


async def test_keys_never_cross_from_one_caller_to_another(desk: Desk) -> None:
    key = fresh_key()
    colleague = desk.token("mediation:head", sub="head-2")
    ids = [
        (await desk.http.post("/cases", json=CASE, headers={**by, **key})).json()["id"]
        for by in (desk.head, colleague)
    ]
    assert ids[0] != ids[1]


async def test_a_mediator_is_added_once_for_a_key(desk: Desk) -> None:
    team_id = await desk.team(())
    path, headers = f"/teams/{team_id}/mediators", {**desk.head, **fresh_key()}
    body = mediator("hgv-01", interests=[{"relation": "friend", "person": "Mai"}])
    first, again = [
        await desk.http.post(path, json=body, headers={**headers, "If-Match": '"1"'}) for _ in range(2)
    ]
    assert (first.status_code, first.text) == (201, again.text)
    assert len(again.json()["mediators"]) == 1
    others: list[dict[str, Any]] = [
        {"name": "Khác"},
        {"woman": False},
        {"elected_share": 0.9},
        {"interests": []},
    ]
    for change in others:
        misused = await desk.http.post(path, json={**body, **change}, headers=headers)
        assert (misused.status_code, misused.json()["code"]) == (409, "idempotency_mismatch"), change


async def test_a_team_is_founded_once_for_a_key(desk: Desk) -> None:
    headers = {**desk.head, **fresh_key()}
    body = {"area": "99/99001", "name": "Tổ hòa giải"}
    first, again = [await desk.http.post("/teams", json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, first.text) == (201, again.text)
    assert (await desk.http.post("/teams", json={**body, "name": "Khác"}, headers=headers)).status_code == 409


async def test_a_session_and_an_attempt_are_recorded_once_for_a_key(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    key = {**fresh_key(), "If-Match": f'"{(await desk.document(case_id))["version"]}"'}
    held = {"held_at": desk.clock.now().isoformat(), "attended": [1, 2]}
    answers = [await desk.call(case_id, "sessions", held, by=desk.serving(), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text
    assert (await desk.events(case_id)).count("session_held") == 2
    other = await desk.call(case_id, "sessions", {**held, "note": "x"}, by=desk.serving(), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")

    waiting, _ = await desk.opened()
    await desk.walk(waiting, ("scope-check", {"decision": "in"}))
    once = fresh_key()
    for expected in (1, 1):
        await desk.call(waiting, "attempts", {"party": 2}, headers=once)
        assert (await desk.document(waiting))["parties"][1]["attempts"] == expected
    await desk.call(waiting, "attempts", {"party": 2})
    assert (await desk.document(waiting))["parties"][1]["attempts"] == 2
    assert (await desk.call(waiting, "attempts", {"party": 1}, headers=once)).status_code == 409


async def test_a_stale_version_is_refused_and_a_fresh_one_taken(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    read = await desk.http.get(f"/cases/{case_id}", headers=desk.head)
    tag = {"If-Match": read.headers["ETag"]}
    done = await desk.call(case_id, "scope-check", {"decision": "unsure"}, headers=tag)
    assert done.status_code == 200
    before = await desk.document(case_id)
    for name, body in (
        ("scope-check", {"decision": "in"}),
        ("parties", {"name": "C"}),
        ("withdraw", {"party": 1}),
    ):
        stale = await desk.call(case_id, name, body, headers=tag)
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch"), name
    assert await desk.document(case_id) == before
    fresh = {"If-Match": done.headers["ETag"]}
    assert (await desk.call(case_id, "scope-check", {"decision": "in"}, headers=fresh)).status_code == 200


FAULTS: list[tuple[Any, set[str]]] = [
    ({**CASE, "area": "99"}, {"/area"}),
    ({**CASE, "dispute_type": "politics"}, {"/dispute_type"}),
    ({**CASE, "ground": "referral"}, {"/ground"}),
    (
        {**CASE, "parties": [{"name": ""}, {"phone": "x"}]},
        {"/parties/0/name", "/parties/1/name", "/parties/1/phone"},
    ),
    ({**CASE, "suspect": "somebody"}, {"/suspect"}),
    ({**CASE, "team_id": "team_" + "a" * 26}, {"/team_id"}),
    ({**CASE, "parties": [{"name": "A", "consents": True}]}, {"/parties/0/consents"}),
    (SPOT, {"/parties/0/consents", "/parties/1/consents"}),
    ({**SPOT, "team_id": None, "began_at": None, "parties": []}, {"/team_id", "/began_at"}),
]


async def test_a_case_with_faults_is_not_opened(desk: Desk) -> None:
    for body, expected in FAULTS:
        answer = await desk.http.post("/cases", json=body, headers=desk.head)
        assert answer.status_code == 422, answer.text
        assert {fault["pointer"] for fault in answer.json()["errors"]} == expected
    async with desk.database() as database:
        assert await database["cases"].count_documents({}) == 0


async def test_faults_in_a_step_are_told_where_they_stand_and_nothing_is_half_written(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    before = await desk.document(case_id)
    now = desk.clock.now().isoformat()
    tomorrow = (desk.clock.now() + timedelta(days=1)).isoformat()
    past = {**TERM, "due": "2020-01-01"}
    for name, body, expected in (
        ("sessions", {"held_at": tomorrow, "attended": [1]}, "/held_at"),
        ("sessions", {"held_at": now, "attended": [1, 3]}, "/attended/1"),
        ("sessions", {"held_at": now, "attended": []}, "/attended"),
        ("outcome", {"outcome": "successful"}, "/terms"),
        ("outcome", {"outcome": "unsuccessful", "terms": [TERM]}, "/terms"),
        ("outcome", {"outcome": "successful", "terms": [TERM, past]}, "/terms/1/due"),
        ("outcome", {"outcome": "successful", "terms": [TERM, {**TERM, "owners": [9]}]}, "/terms/1/owners/0"),
        ("withdraw", {"party": 9}, "/party"),
        ("withdraw", {"party": "1"}, "/party"),
    ):
        answer = await desk.call(case_id, name, body, by=desk.serving())
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "validation_failed"), (name, body)
        assert told["errors"][0]["pointer"] == expected
    assert await desk.document(case_id) == before


async def test_a_mediator_who_is_none_is_told_by_pointer(desk: Desk) -> None:
    team_id = await desk.team()
    case_id, _ = await desk.opened()
    both = [("consents", {"party": number, "agrees": True}) for number in (1, 2)]
    await desk.walk(case_id, ("scope-check", {"decision": "in"}), *both)
    before = await desk.document(case_id)
    for body, expected in (
        ({"team_id": team_id, "mediator": 4}, "/mediator"),
        ({"team_id": "team_" + "a" * 26, "mediator": 1}, "/team_id"),
    ):
        for name, told in (("assignments", body), ("objections", {**body, "party": 1})):
            answer = await desk.call(case_id, name, told)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, expected), name
    assert await desk.document(case_id) == before
