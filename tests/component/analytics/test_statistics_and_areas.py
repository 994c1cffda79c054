"""Attested statistics and areas over HTTP."""

from typing import Any

import httpx
import pytest

from services.analytics.store.areas import MongoAreas
from shared.places import known_areas
from tests.component.analytics.conftest import World

BODY: dict[str, Any] = {
    "indicator": "outreach.participants",
    "value": 15000,
    "unit": "attendance",
    "qualifier": "more_than",
    "period": "2013-01-01/2023-08-11",
    "area": "legacy/mong-cai",
    "quote": "trên 15.000 người tham gia",
}


async def post(
    world: World, key: str | None = None, scope: str = "statistics:write", **changes: Any
) -> httpx.Response:
    headers = world.issuer.bearer(scope, areas=("*",))
    if key is not None:
        headers["Idempotency-Key"] = key
    return await world.http.post("/statistics", json={**BODY, **changes}, headers=headers)


async def test_a_reported_figure_is_public_with_its_qualifier(world: World) -> None:
    assert (await post(world)).status_code == 201
    (item,) = (await world.http.get("/statistics")).json()["items"]
    assert item["words"] == {"vi": "trên 15.000 lượt người", "en": "over 15,000 attendances"}
    assert item["figure"]["origin"] == "attested"
    assert (item["figure"]["value"], item["figure"]["reporting"]) == (15000, None)


async def test_an_order_of_magnitude_keeps_no_number_and_a_range(world: World) -> None:
    answer = await post(world, value=None, qualifier="order_of_magnitude", unit="tip", quote="hàng trăm tin")
    assert answer.status_code == 201, answer.text
    assert answer.json()["figure"]["value"] is None
    assert answer.json()["range"] == {"low": 100, "high": 999}
    assert answer.json()["words"]["vi"] == "hàng trăm tin báo (100–999)"


async def test_the_event_of_an_order_of_magnitude_carries_its_range(world: World) -> None:
    await post(world, value=None, qualifier="order_of_magnitude", unit="tip", quote="hàng trăm tin")
    (stored,) = await world.database["statistics"].find().to_list(2)
    (event,) = stored["pending"]
    assert (event["data"]["value"], event["data"]["range"]) == (None, {"low": 100, "high": 999})
    assert "hàng trăm" not in str(event)


async def test_the_same_key_makes_one_figure_and_another_body_is_refused(world: World) -> None:
    first, again = await post(world, "MC03"), await post(world, "MC03")
    assert (first.status_code, first.json()) == (201, again.json())
    refused = await post(world, "MC03", value=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_mismatch")
    assert len((await world.http.get("/statistics")).json()["items"]) == 1


async def test_a_key_of_an_officer_never_meets_one_of_a_programme(world: World) -> None:
    made = [
        await world.http.post(
            "/statistics",
            json=BODY,
            headers=world.issuer.bearer("statistics:write", areas=("*",), subject="mong-cai", kind=kind)
            | {"Idempotency-Key": "MC03"},
        )
        for kind in ("officer", "integration")
    ]
    assert len({answer.json()["id"] for answer in made}) == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"value": None}, "/value"),
        ({"value": None, "qualifier": "order_of_magnitude", "quote": None}, "/range"),
        ({"period": "2013-2023"}, "/period"),
        ({"area": "Móng Cái"}, "/area"),
        ({"qualifier": "roughly"}, "/qualifier"),
        ({"made_up": 1}, "/made_up"),
        ({"value": "15000"}, "/value"),
        ({"value": True}, "/value"),
        ({"value": 10**30}, "/value"),
        ({"value": 1e300}, "/value"),
        ({"indicator": "outreach.participants\n"}, "/indicator"),
        ({"period": "2026\n"}, "/period"),
        ({"quote": "trên 15.000\0"}, "/quote"),
        ({"place": "   "}, "/place"),
    ],
)
async def test_a_faulty_figure_is_refused_by_its_pointer(
    world: World, changes: dict[str, Any], pointer: str
) -> None:
    answer = await post(world, **changes)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert (await world.http.get("/statistics")).json()["items"] == []


async def test_reporting_needs_its_scope_in_the_area(world: World) -> None:
    assert (await post(world, scope="indicators:read")).status_code == 403
    headers = world.issuer.bearer("statistics:write", areas=("99/99001",))
    assert (await world.http.post("/statistics", json=BODY, headers=headers)).status_code == 403
    assert (await world.http.post("/statistics", json=BODY)).status_code == 401


async def test_reported_figures_are_never_added_to_counts(world: World) -> None:
    await post(world, indicator="tip.received", unit="tip", area="99/99001", period="2026-09", value=500)
    assert await world.value("tip.received", area="99/99001", period="2026-09") is None


async def test_lists_filter_and_go_on_page_by_page(world: World) -> None:
    for number in range(5):
        await post(world, area="99/99001", value=number, period=f"202{number}", indicator="area.households")
    await post(world)
    seen, cursor = [], None
    while True:
        params: dict[str, Any] = {"limit": 2, "area": "99", **({"cursor": cursor} if cursor else {})}
        page = (await world.http.get("/statistics", params=params)).json()
        seen += [item["figure"]["value"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == [0, 1, 2, 3, 4]
    of_2023 = (await world.http.get("/statistics", params={"period": "2023-Q1"})).json()["items"]
    assert len(of_2023) == 2


async def test_an_event_sent_in_is_the_same_as_the_call(world: World) -> None:
    event = {
        "specversion": "1.0",
        "id": "row-1",
        "source": "/partners/youth-union",
        "type": "liengia.statistic_submitted.v1",
        "time": "2026-09-14T01:00:00Z",
        "data": {"area": "99/99001", "indicator": "pledge.households", "value": 0, "unit": "household",
                 "qualifier": "exact", "period": "2026-09"},
    }  # fmt: skip
    headers = {**world.issuer.bearer("statistics:write"), "Content-Type": "application/cloudevents+json"}
    first = await world.http.post("/events", json=event, headers=headers)
    again = await world.http.post("/events", json=event, headers=headers)
    assert (first.status_code, first.json()) == (201, again.json())
    (item,) = (await world.http.get("/statistics")).json()["items"]
    assert item["words"]["vi"] == "0 hộ"


async def test_a_faulty_event_in_a_batch_is_named_and_its_neighbour_taken_in(world: World) -> None:
    good = {"area": "99/99001", "indicator": "pledge.households", "value": 7, "unit": "household",
            "qualifier": "exact", "period": "2026-09"}  # fmt: skip
    batch = [
        {
            "specversion": "1.0",
            "id": f"row-{number}",
            "source": "/partners/youth-union",
            "type": "liengia.statistic_submitted.v1",
            "data": {**good, **changes},
        }
        for number, changes in enumerate([{"qualifier": "roughly"}, {"period": "2026-13"}, {}])
    ]
    headers = {
        **world.issuer.bearer("statistics:write"),
        "Content-Type": "application/cloudevents-batch+json",
    }
    answer = await world.http.post("/events", json=batch, headers=headers)
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [422, 422, 201]
    named = [item["problem"]["errors"][0]["pointer"] for item in items[:2]]
    assert named == ["/qualifier", "/period"]


async def test_areas_are_asked_for_with_any_sign(world: World) -> None:
    for words in ("\0", "đông\0", "(", ".*", "\\", "[a"):
        assert (await world.http.get("/areas", params={"q": words})).status_code == 200


async def test_areas_are_found_without_marks_and_by_parent(world: World) -> None:
    found = (await world.http.get("/areas", params={"q": "dong hung"})).json()["items"]
    assert [(area["area"], area["valid_from"]) for area in found] == [("98/98001", "2025-07-01")]
    below = (await world.http.get("/areas", params={"parent": "98", "limit": 1})).json()
    rest = (await world.http.get("/areas", params={"parent": "98", "cursor": below["next_cursor"]})).json()
    assert [one["area"] for one in below["items"] + rest["items"]] == ["98/98001", "98/98002"]
    legacy = (await world.http.get("/areas", params={"q": "móng cái"})).json()["items"]
    assert [(area["area"], area["rolled_up"]) for area in legacy] == [("legacy/mong-cai", False)]
    assert (await world.http.get("/areas", params={"q": "(.*"})).json()["items"] == []


async def test_seeding_twice_changes_nothing(world: World) -> None:
    areas = MongoAreas(world.database)
    await areas.seed(known_areas())
    before = await world.database["areas"].count_documents({})
    await areas.seed(known_areas())
    assert await world.database["areas"].count_documents({}) == before
    assert await areas.wards(None) == 3321 + 2  # and the two wards of the test's own province
