"""GET /indicators about mediation and alerts: what counts, who reports, and what is never mixed."""

import random
from collections.abc import Iterable
from typing import Any

from shared.events import Event
from tests.component.analytics.conftest import World
from tests.support.case_events import alert_event, case_event, life_of_a_case
from tests.support.tip_events import later, tip_event

FIGURES = ("requested", "started_in_time", "concluded", "agreements_performed", "agreements_held_share")


async def figures(world: World, names: Iterable[str] = FIGURES, **params: Any) -> dict[str, Any]:
    items = await world.items(indicator=[f"mediation.{name}" for name in names], **params)
    return {item["indicator"].removeprefix("mediation."): item["figure"]["value"] for item in items}


async def test_a_ward_that_never_mediated_answers_null_and_one_that_did_answers_zero(world: World) -> None:
    await world.count([tip_event("received", area="98/98001"), case_event("requested", area="98/98002")])
    september: dict[str, Any] = {"period": "2026-09"}
    assert await world.value("mediation.requested", area="98/98001", **september) is None
    assert await world.value("tip.received", area="98/98001", **september) == 1
    assert await world.value("mediation.requested", area="98/98002", **september) == 1
    assert await world.value("mediation.concluded", area="98/98002", **september) == 0
    assert await world.value("tip.received", area="98/98002", **september) is None
    assert await world.value("alert.issued", area="98", **september) is None
    for indicator in ("tip.received", "mediation.requested"):
        (item,) = await world.items(area="98", indicator=indicator, **september)
        assert item["figure"]["reporting"] == {"expected": 2, "received": 1}


async def test_any_order_repeats_and_interleaving_leave_the_same_figures(world: World) -> None:
    chance = random.Random(23)
    reach = [1 + case % 7 for case in range(28)]
    events = [
        event
        for case, steps in enumerate(reach)
        for event in life_of_a_case(case, area=f"99/99001/tdp-{case % 3}", start=later(days=-120))[:steps]
    ]
    delivered: list[Event] = events + chance.choices(events, k=60)
    chance.shuffle(delivered)
    while delivered:
        batch, delivered = delivered[:13], delivered[13:]
        await world.deliver(batch)
        if chance.random() < 0.5:
            await world.settle()
    await world.settle()
    performed = sum(steps >= 6 for steps in reach)
    expected = {
        "requested": 28,
        "started_in_time": sum(steps >= 3 for steps in reach),
        "concluded": sum(steps >= 4 for steps in reach),
        "agreements_performed": performed,
        "agreements_held_share": round(100 * performed / sum(steps >= 5 for steps in reach), 1),
    }
    for params in ({"area": "99/99001"}, {"area": "99"}, {}):
        assert await figures(world, period="2026", **params) == expected, params


async def test_days_months_areas_and_dispute_types_add_up_to_the_whole(world: World) -> None:
    await world.count(
        case_event("requested", case=number, at=later(days=number % 5), area=area, dispute_type=dispute)
        for number, (area, dispute) in enumerate(
            [("99/99001/tdp-1", "noise"), ("99/99001/tdp-2", "boundary"), ("99/99001", "other")] * 3
        )
    )
    for group_by in ("day", "month", "area", "dispute_type"):
        items = await world.items(
            area="99/99001", period="2026-Q3", group_by=group_by, indicator="mediation.requested"
        )
        assert sum(item["figure"]["value"] or 0 for item in items) == 9, group_by


async def test_a_category_of_tips_and_a_dispute_of_the_same_name_are_never_mixed(world: World) -> None:
    await world.count(
        [
            *(tip_event("received", tip=tip, category="noise") for tip in range(2)),
            *(case_event("requested", case=case, dispute_type="noise") for case in range(5)),
        ]
    )
    found = {}
    for group_by in ("category", "dispute_type"):
        items = await world.items(area="99/99001", period="2026-09", group_by=group_by)
        found[group_by] = {
            item["indicator"]: item["figure"]["value"] for item in items if item["group"]["key"] == "noise"
        }
    assert found["category"]["tip.received"] == 2
    assert found["dispute_type"]["mediation.requested"] == 5
    assert not found["category"].keys() & found["dispute_type"].keys()
    for group_by, indicator in (("category", "mediation.requested"), ("dispute_type", "tip.received"),
                                ("category", "alert.issued")):  # fmt: skip
        answer = await world.http.get(
            "/indicators",
            params={"group_by": group_by, "indicator": indicator},
            headers=world.issuer.bearer("indicators:read"),
        )
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/query/indicator/0"]


async def test_a_restricted_case_shows_nowhere_without_the_inspectorates_scope(world: World) -> None:
    await world.count([case_event("requested", area="98/98001", restricted="inspectorate")])
    assert await world.value("mediation.requested", area="98/98001", period="2026-09") is None
    inspector = ("indicators:read", "inspectorate")
    assert await world.value("mediation.requested", *inspector, area="98/98001", period="2026-09") == 1


async def test_a_case_never_counts_before_it_is_heard_of_and_its_start_counts_on_the_day_of_its_request(
    world: World,
) -> None:
    await world.count(life_of_a_case(1, start=later(days=-40))[1:3])  # the request itself is still on its way
    day = "2026-08-05/2026-08-05"
    assert await figures(world, ("requested", "started_in_time"), area="99/99001", period=day) == {
        "requested": 0,
        "started_in_time": 1,
    }


async def test_an_alert_of_a_province_counts_for_the_province_alone(world: World) -> None:
    await world.count(
        [
            alert_event("issued", alert=1, area="98"),
            alert_event("issued", alert=2, area="98/98001"),
            alert_event("cancelled", alert=2, sequence=2, area="98/98001"),
        ]
    )
    september: dict[str, Any] = {"period": "2026-09", "indicator": "alert.issued"}
    (item,) = await world.items(area="98", **september)
    assert item["figure"]["value"] == 2
    assert item["figure"]["reporting"] == {"expected": 3, "received": 2}
    by_area = await world.items(area="98", group_by="area", **september)
    assert {one["group"]["key"]: one["figure"]["value"] for one in by_area} == {
        "98": 1,
        "98/98001": 1,
        "98/98002": None,
    }
    assert by_area[0]["figure"]["reporting"] == {"expected": 1, "received": 1}
    assert await world.value("alert.cancelled", period="2026-09") == 1


async def test_a_missing_event_of_a_case_shows_as_a_gap(world: World) -> None:
    life = life_of_a_case(1)
    await world.count([life[0], life[1], life[6]])
    answer = await world.http.get("/gaps", headers=world.issuer.bearer("operate"))
    assert answer.json()["items"] == [{"subject": life[0].subject, "expected": 7, "found": 3}]


async def test_a_share_moves_by_points_and_never_by_per_cent_of_itself(world: World) -> None:
    months = ((0, ("successful", "ended")), (-31, ("successful", "ended", "ended", "ended")))
    await world.count(
        case_event("concluded", case=100 * month + number, at=later(days=days), outcome=outcome)
        for month, (days, outcomes) in enumerate(months)
        for number, outcome in enumerate(outcomes)
    )
    (item,) = await world.items(
        area="99/99001", period="2026-09", compare="previous", indicator="mediation.successful_share"
    )
    assert (item["figure"]["value"], item["figure"]["unit"]) == (50.0, "percent")
    assert (item["comparison"]["difference"], item["comparison"]["percent"]) == (25.0, None)
