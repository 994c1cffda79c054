"""Who sees and does what: heads in their areas, mediators their own cases, readers the summary."""

import json
from typing import Any

import pytest

from tests.component.mediation.conftest import AREA, Desk, receipt

TERMS = [{"text": "TỪ-KHÓA thỏa thuận", "owners": [1]}]
NEVER_FOR_READERS = ("version", "mediator", "deadline", "overdue", "actions", "contents")
CALLS: list[tuple[str, Any]] = [
    ("scope-check", {"decision": "in"}),
    ("parties", {"name": "Bên C"}),
    ("attempts", {"party": 1}),
    ("consents", {"party": 1, "agrees": True}),
    ("assignments", {"team_id": "team_" + "a" * 26, "mediator": 1}),
    ("objections", {"team_id": "team_" + "a" * 26, "mediator": 1, "party": 1}),
    ("sessions", {"held_at": "2026-01-01T00:00:00Z", "attended": [1]}),
    ("outcome", {"outcome": "unsuccessful"}),
    ("withdraw", {"party": 1}),
    ("follow-ups", {}),
]
MEDIATORS = {"sessions", "outcome", "follow-ups"}


async def test_a_mediator_does_not_learn_that_a_case_of_others_exists(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    other, nowhere = desk.serving("hgv-01"), "case_" + "a" * 26
    for path in ("", "/logbook"):
        hidden = await desk.http.get(f"/cases/{case_id}{path}", headers=other)
        missing = await desk.http.get(f"/cases/{nowhere}{path}", headers=other)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text == missing.text
    before = await desk.document(case_id)
    for name, body in CALLS:
        answer = await desk.call(case_id, name, body, by=other, headers={"If-Match": '"999"'})
        assert answer.status_code == 404, (name, answer.text)
    assert await desk.document(case_id) == before
    listed = await desk.http.get("/cases", headers=other)
    assert listed.json()["items"] == []
    own = await desk.http.get("/cases", headers=desk.serving())
    assert [item["id"] for item in own.json()["items"]] == [case_id]


async def test_a_mediator_sees_their_cases_in_the_areas_of_their_token_alone(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    moved = desk.token("mediation:handle", sub="hgv-02", areas=("01/00004",))
    assert (await desk.http.get(f"/cases/{case_id}", headers=moved)).status_code == 404
    assert (await desk.call(case_id, "outcome", {"outcome": "unsuccessful"}, by=moved)).status_code == 404
    assert (await desk.http.get("/cases", headers=moved)).json()["items"] == []


async def test_the_police_read_a_summary_and_nothing_that_goes_on_inside(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    outcome = {"outcome": "successful", "terms": TERMS}
    await desk.walk(case_id, ("outcome", outcome), by=desk.serving())
    answer = await desk.http.get(f"/cases/{case_id}", headers=desk.police)
    told = answer.json()
    assert (told["state"], told["outcome"], told["area"]) == ("following_up", "successful", AREA)
    assert {name: told[name] for name in NEVER_FOR_READERS} == dict.fromkeys(NEVER_FOR_READERS)
    assert "ETag" not in answer.headers
    listed = await desk.http.get("/cases", headers=desk.police)
    for text in (answer.text, listed.text):
        for inside in ("Bên A", "Nhà văn hóa", "TỪ-KHÓA", "hgv-02", "attended", "due_at"):
            assert inside not in text
    assert (await desk.http.get(f"/cases/{case_id}/logbook", headers=desk.police)).status_code == 403
    assert (await desk.http.get("/partials/board", headers=desk.police)).status_code == 403
    for name, body in CALLS:
        assert (await desk.call(case_id, name, body, by=desk.police)).status_code == 403, name


async def test_the_police_see_of_a_case_that_ended_one_word_whatever_the_reason(desk: Desk) -> None:
    answers = []
    for step in (("consents", {"party": 1, "agrees": False}), ("withdraw", {"party": 2})):
        case_id, _ = await desk.opened()
        await desk.walk(case_id, ("scope-check", {"decision": "in"}), step)
        told = (await desk.http.get(f"/cases/{case_id}", headers=desk.police)).json()
        answers.append({name: told[name] for name in told if not name.endswith("_at") and name != "id"})
    assert answers[0] == answers[1]
    assert answers[0]["outcome"] == "ended"


@pytest.mark.parametrize("scope", ["mediation:head", "mediation:read"])
async def test_other_areas_are_forbidden(desk: Desk, scope: str) -> None:
    case_id, _ = await desk.opened()
    team_id = await desk.team()
    for area in ("99/99002", "99/9900", "98"):
        stranger = desk.token(scope, sub="stranger", areas=(area,))
        for path in (f"/cases/{case_id}", f"/cases?area={AREA}", f"/teams/{team_id}"):
            assert (await desk.http.get(path, headers=stranger)).status_code == 403, path
        assert (await desk.http.get("/cases", headers=stranger)).json()["items"] == []
        assert (await desk.http.get("/teams", headers=stranger)).json()["items"] == []
        assert (await desk.call(case_id, "scope-check", {"decision": "in"}, by=stranger)).status_code == 403
    no_area = desk.token(scope, sub="nobody", areas=())
    assert (await desk.http.get(f"/cases/{case_id}", headers=no_area)).status_code == 403


async def test_a_head_opens_cases_and_founds_teams_in_their_areas_alone(desk: Desk) -> None:
    case = {"area": "99/99002/tdp-1", "dispute_type": "noise", "ground": "party_request"}
    team = {"area": "99/99002", "name": "Tổ hòa giải"}
    for by in (desk.head, desk.token("mediation:handle", sub="hgv-01")):
        assert (await desk.http.post("/cases", json=case, headers=by)).status_code == 403
        assert (await desk.http.post("/teams", json=team, headers=by)).status_code == 403
    async with desk.database() as database:
        assert await database["cases"].count_documents({}) == 0
        assert await database["teams"].count_documents({}) == 0


async def test_without_a_scope_of_mediation_and_without_a_token_nothing_is_told(desk: Desk) -> None:
    case_id, _ = await desk.opened()
    officer = desk.token("tips:read", "tips:handle", "events:read", sub="officer-1", areas=("*",))
    for path in ("/cases", f"/cases/{case_id}", f"/cases/{case_id}/logbook", "/teams"):
        assert (await desk.http.get(path, headers=officer)).status_code == 403, path
        assert (await desk.http.get(path)).status_code == 401, path
    for name, body in CALLS:
        assert (await desk.call(case_id, name, body, by=officer)).status_code == 403, name
        assert (await desk.http.post(f"/cases/{case_id}/{name}", json=body)).status_code == 401, name


async def test_a_head_leads_and_the_mediator_mediates(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    for name, body in CALLS:
        by = desk.head if name in MEDIATORS else desk.serving()
        if name == "withdraw":
            continue
        answer = await desk.call(case_id, name, body, by=by)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), name


async def test_a_head_who_is_the_mediator_does_both(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    both = desk.token("mediation:head", "mediation:handle", sub="hgv-02")
    held = {"held_at": desk.clock.now().isoformat(), "attended": [1]}
    await desk.walk(case_id, ("sessions", held), ("outcome", {"outcome": "unsuccessful"}), by=both)


async def test_who_withdraws_is_a_party_or_the_mediator_and_never_the_head(desk: Desk) -> None:
    case_id, _ = await desk.in_session()
    before = await desk.document(case_id)
    vague = await desk.call(case_id, "withdraw", {})
    assert (vague.status_code, vague.json()["errors"][0]["pointer"]) == (422, "/party")
    assert await desk.document(case_id) == before
    await desk.walk(case_id, ("withdraw", {}), by=desk.serving())


async def test_only_a_head_of_the_area_reads_the_names_of_a_team(desk: Desk) -> None:
    team_id = await desk.team()
    await desk.http.post(
        f"/teams/{team_id}/mediators/1/interests",
        json={"relation": "friend", "person": "Lê Thị Mai"},
        headers=desk.serving("hgv-01"),
    )
    seen = (await desk.http.get(f"/teams/{team_id}", headers=desk.head)).json()["mediators"][0]
    assert (seen["name"], seen["interests"]) == ("Hòa giải viên hgv-01", 1)
    for by in (desk.serving(), desk.police):
        for path in (f"/teams/{team_id}", "/teams"):
            told = (await desk.http.get(path, headers=by)).text
            assert "hgv-01" not in told
            assert "Mai" not in told


async def test_a_mediator_declares_interests_of_their_own_alone(desk: Desk) -> None:
    team_id = await desk.team()
    path, body = f"/teams/{team_id}/mediators/2/interests", {"relation": "friend", "person": "Mai"}
    assert (await desk.http.post(path, json=body, headers=desk.serving("hgv-01"))).status_code == 403
    assert (await desk.http.post(path, json=body, headers=desk.serving("hgv-02"))).status_code == 200
    assert (await desk.http.post(path, json=body, headers=desk.head)).status_code == 200


async def test_a_party_sees_their_case_and_nothing_of_the_others(desk: Desk) -> None:
    case_id, codes = await desk.in_session()
    terms = [{"text": "Bên A dời rào", "owners": [1]}, {"text": "Bên B giữ yên lặng", "owners": [2]}]
    await desk.walk(case_id, ("outcome", {"outcome": "successful", "terms": terms}), by=desk.serving())
    views = [(await desk.http.get("/party/case", headers=receipt(code))).json() for code in codes]
    assert [view["party"] for view in views] == [1, 2]
    assert [[term["mine"] for term in view["terms"]] for view in views] == [[True, False], [False, True]]
    assert views[0]["sessions"][0]["place"] == "Nhà văn hóa TDP 2"
    assert views[0]["state_text"]["vi"].startswith("Các bên đã thỏa thuận")
    for view in views:
        assert not {"id", "parties", "mediator", "version", "note"} & set(view)
        assert "hgv-02" not in json.dumps(view)


async def test_a_code_opens_the_partys_calls_alone_and_a_token_opens_none_of_them(desk: Desk) -> None:
    case_id, (code, _) = await desk.opened()
    for path in (f"/cases/{case_id}", "/cases", "/teams"):
        assert (await desk.http.get(path, headers=receipt(code))).status_code == 401
    wrong = await desk.http.get("/party/case", headers=receipt("AAAAA-AAAAA-AAAAA-AAAAA"))
    unreadable = await desk.http.get("/party/case", headers=receipt("not a code"))
    assert wrong.json()["code"] == "receipt_unknown"
    assert (wrong.status_code, wrong.text) == (unreadable.status_code, unreadable.text) == (401, wrong.text)
    assert (await desk.http.get("/party/case", headers=desk.head)).status_code == 401
