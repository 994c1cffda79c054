"""Who may mediate a case: a complete team, nobody with an interest, nobody whom a party objected to."""

from tests.component.mediation.conftest import Desk, mediator, receipt


async def test_a_mediator_with_an_interest_is_refused_and_another_serves(desk: Desk) -> None:
    team_id = await desk.team(("hgv-01", "hgv-03"))
    tied = mediator("hgv-02", interests=[{"relation": "relative", "person": "NGUYEN THI BINH"}])
    await desk.http.post(f"/teams/{team_id}/mediators", json=tied, headers=desk.head)
    case_id, _ = await desk.opened("Trần Văn An", "Nguyễn  Thị Bình")
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
    )
    refused = await desk.call(case_id, "assignments", {"team_id": team_id, "mediator": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "mediator_conflict_of_interest")
    await desk.walk(case_id, ("assignments", {"team_id": team_id, "mediator": 1}))
    declared = {"relation": "business", "case_id": case_id}
    interests = f"/teams/{team_id}/mediators/2/interests"
    await desk.http.post(interests, json=declared, headers=desk.serving("hgv-03"))
    again = await desk.call(case_id, "assignments", {"team_id": team_id, "mediator": 2})
    assert again.json()["code"] == "mediator_conflict_of_interest"


async def test_a_party_objects_and_the_mediator_has_the_case_no_more(desk: Desk) -> None:
    team_id = await desk.team()
    case_id, codes = await desk.opened()
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
        ("assignments", {"team_id": team_id, "mediator": 1}),
    )
    assert (await desk.http.get(f"/cases/{case_id}", headers=desk.serving("hgv-01"))).status_code == 200
    await desk.http.post("/party/objection", headers=receipt(codes[0]))
    assert (await desk.http.get(f"/cases/{case_id}", headers=desk.serving("hgv-01"))).status_code == 404
    same = await desk.call(case_id, "assignments", {"team_id": team_id, "mediator": 1})
    assert (same.status_code, same.json()["code"]) == (409, "mediator_objected_to")
    await desk.walk(case_id, ("assignments", {"team_id": team_id, "mediator": 2}))


async def test_a_team_that_is_not_made_up_as_the_rules_ask_may_not_mediate(desk: Desk) -> None:
    small = await desk.team(("hgv-01", "hgv-02"))
    case_id, _ = await desk.opened()
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
    )
    refused = await desk.call(case_id, "assignments", {"team_id": small, "mediator": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "team_incomplete")
    assert "1 more mediators (at least 3)" in refused.json()["detail"]
    men = {"area": "99/99001", "name": "Tổ toàn nam", "minority_area": True}
    team_id = (await desk.http.post("/teams", json=men, headers=desk.head)).json()["id"]
    for number in range(3):
        body = mediator(f"man-{number}", woman=False)
        lacks = (await desk.http.post(f"/teams/{team_id}/mediators", json=body, headers=desk.head)).json()
    assert lacks["lacks"] == ["1 more women (at least 1)", "a mediator of a minority (the area is flagged)"]
    narrow = mediator("hgv-09", elected_share=0.5)
    answer = await desk.http.post(f"/teams/{team_id}/mediators", json=narrow, headers=desk.head)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/elected_share")
