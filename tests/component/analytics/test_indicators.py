"""GET /indicators: figures, groups, comparison, and who may see what."""

import random
from typing import Any

import pytest

from shared.events import Event
from tests.component.analytics.conftest import World
from tests.support.tip_events import later, tip_event


async def test_a_figure_has_exactly_its_fields(world: World) -> None:
    await world.count([tip_event("received")])
    (item,) = await world.items(area="99/99001", period="2026-09", indicator="tip.received")
    assert item == {
        "indicator": "tip.received",
        "group": None,
        "figure": {
            "value": 1,
            "unit": "tip",
            "qualifier": "exact",
            "origin": "computed",
            "period": "2026-09",
            "area": "99/99001",
            "as_of": "2026-09-20T03:00:00Z",
            "reporting": {"expected": 1, "received": 1},
            "suppressed": False,
        },
    }


async def test_zero_where_a_ward_reports_and_null_where_nobody_does(world: World) -> None:
    await world.count([tip_event("received")])
    assert await world.value("tip.resolved", area="99/99001", period="2026-09") == 0
    assert await world.value("tip.received", area="99/99001", period="2026-09-15/2026-09-15") == 0
    assert await world.value("tip.received", area="99/99001", period="2026-08") is None
    assert await world.value("tip.received", area="99/99001", period="2026-10") is None
    assert await world.value("tip.received", area="98/98001", period="2026-09") is None


async def test_a_province_says_how_many_of_its_wards_report(world: World) -> None:
    await world.count([tip_event("received", area="98/98001")])
    (item,) = await world.items(area="98", period="2026-09", indicator="tip.received")
    assert item["figure"]["reporting"] == {"expected": 2, "received": 1}
    by_area = await world.items(area="98", period="2026-09", indicator="tip.received", group_by="area")
    assert {one["group"]["key"]: one["figure"]["value"] for one in by_area} == {
        "98/98001": 1,
        "98/98002": None,
    }


async def test_days_areas_and_categories_add_up_to_the_whole(world: World) -> None:
    await world.count(
        tip_event("received", tip=number, at=later(days=number % 5), area=area, category=category)
        for number, (area, category) in enumerate(
            [("99/99001/tdp-1", "noise"), ("99/99001/tdp-2", "drugs"), ("99/99001", "noise")] * 4
        )
    )
    for group_by in ("day", "month", "area", "category"):
        items = await world.items(
            area="99/99001", period="2026-Q3", group_by=group_by, indicator="tip.received"
        )
        assert sum(item["figure"]["value"] or 0 for item in items) == 12, group_by
    assert await world.value("tip.received", period="2026") == 12


async def test_a_running_month_is_compared_with_as_many_days_of_the_one_before(world: World) -> None:
    early, late = later(days=-30), later(days=-20)  # 15 and 25 August
    await world.count(
        [
            tip_event("received", tip=1, at=early),
            tip_event("received", tip=2, at=late),
            *(tip_event("received", tip=number) for number in (3, 4, 5)),
        ]
    )
    (item,) = await world.items(area="99", period="2026-09", indicator="tip.received", compare="previous")
    assert item["comparison"]["with"]["value"] == 1
    assert item["comparison"]["with"]["period"] == "2026-08-01/2026-08-20"
    assert (item["comparison"]["difference"], item["comparison"]["percent"]) == (2, 200.0)
    (item,) = await world.items(area="99", period="2026-09", indicator="tip.received", compare="year_ago")
    assert item["comparison"] == {
        "with": {**item["comparison"]["with"], "value": None},
        "difference": None,
        "percent": None,
        "break": None,
    }


async def test_a_tip_about_an_officer_shows_nowhere_without_the_inspectorates_scope(world: World) -> None:
    secret: dict[str, Any] = {"category": "officer_misconduct", "restricted": True, "area": "98/98002/tdp-7"}
    await world.count([tip_event("received", tip=1, area="98/98001"), tip_event("received", tip=2, **secret)])
    assert await world.value("tip.received", area="98", period="2026-09") == 1
    assert await world.value("tip.received", area="98/98002", period="2026-09") is None
    by_category = await world.items(
        area="98", period="2026-09", group_by="category", indicator="tip.received"
    )
    assert "officer_misconduct" not in {item["group"]["key"] for item in by_category}
    by_area = await world.items(area="98/98002", period="2026-09", group_by="area")
    assert by_area == []
    inspector = ("indicators:read", "inspectorate")
    assert await world.value("tip.received", *inspector, area="98", period="2026-09") == 2
    assert await world.value("tip.received", *inspector, area="98/98002", period="2026-09") == 1


async def test_somebody_elses_area_is_refused(world: World) -> None:
    for area in ("98/98001", "99", "99/9900"):
        headers = world.issuer.bearer("indicators:read", areas=("99/99001",))
        answer = await world.http.get("/indicators", params={"area": area}, headers=headers)
        assert answer.status_code == (422 if area == "99/9900" else 403), area
    headers = world.issuer.bearer("tips:read", areas=("*",))
    assert (await world.http.get("/indicators", headers=headers)).status_code == 403
    assert (await world.http.get("/indicators")).status_code == 401


async def test_a_caller_with_one_area_need_not_name_it(world: World) -> None:
    items = await world.items(areas=("99/99001",), indicator="tip.received")
    assert items[0]["figure"]["area"] == "99/99001"
    headers = world.issuer.bearer("indicators:read", areas=("99/99001", "98"))
    answer = await world.http.get("/indicators", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/area")


@pytest.mark.parametrize(
    "params",
    [{"period": "2026-13"}, {"period": "2000/2001"}, {"period": "2020-01-01/2026-01-01", "group_by": "day"}],
)
async def test_a_period_that_cannot_be_answered_is_refused_by_its_pointer(
    world: World, params: dict[str, str]
) -> None:
    answer = await world.http.get(
        "/indicators", params=params, headers=world.issuer.bearer("indicators:read")
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/query/period"]


async def test_every_indicator_explains_itself(world: World) -> None:
    everything = (await world.http.get("/indicators/all/explain")).json()["items"]
    assert len(everything) == 30
    one = (await world.http.get("/indicators/incident.reported/explain")).json()
    assert "liengia.tip.duplicate_linked.v1" in one["events"]
    assert one["group_by"] == ["day", "month", "area", "category"]
    assert {"says", "does_not_say", "null", "zero"} <= one.keys()
    assert (await world.http.get("/indicators/ignored/explain")).status_code == 404


async def test_any_order_repeats_and_interleaving_leave_the_same_figures(world: World) -> None:
    chance = random.Random(11)
    events: list[Event] = []
    for tip in range(25):
        day, kinds = (
            tip % 4,
            ["received", "classified", "duplicate_linked", "resolved", "duplicate_unlinked", "replied"],
        )
        for sequence, kind in enumerate(kinds[: 1 + tip % 6], 1):
            at = later(days=day + sequence % 2)
            events.append(
                tip_event(
                    kind,
                    tip=tip,
                    sequence=sequence,
                    at=at,
                    received_at=later(days=day),
                    area=f"99/99001/tdp-{tip % 3}",
                )
            )
    delivered = events + chance.choices(events, k=60)
    chance.shuffle(delivered)
    while delivered:
        batch, delivered = delivered[:17], delivered[17:]
        await world.deliver(batch)
        if chance.random() < 0.5:
            await world.settle()
    await world.settle()
    linked = {e.subject for e in events if "duplicate_linked" in e.type}
    unlinked = {e.subject for e in events if "duplicate_unlinked" in e.type}
    expected = {
        "tip.received": 25,
        "tip.resolved": sum("resolved" in event.type for event in events),
        "tip.duplicate": len(linked - unlinked),
        "incident.reported": 25 - len(linked - unlinked),
    }
    for area in ("99/99001", "99", None):
        for name, value in expected.items():
            params = {"area": area} if area else {}
            assert await world.value(name, period="2026-09", **params) == value, (area, name)
