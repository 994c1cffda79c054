"""Tips, cases and alerts on Kafka become figures of the running service."""

import random
import re
from typing import Any

import httpx
from pymongo import MongoClient

from shared.events import Event
from tests.support.case_events import alert_event, life_of_a_case
from tests.support.system import System
from tests.support.tip_events import later, publish, tip_event
from tests.support.waiting import eventually

OFFICER = ("indicators:read", "operate")


async def ask(
    system: System, path: str, *scopes: str, areas: tuple[str, ...] = ("*",), **params: Any
) -> httpx.Response:
    async with httpx.AsyncClient(base_url=system.replicas[0].url, trust_env=False) as client:
        return await client.get(path, params=params, headers=system.bearer(*(scopes or OFFICER)))


async def figures(system: System, *scopes: str, **params: Any) -> dict[str, Any]:
    """Indicator → value of an ungrouped answer."""
    answer = await ask(system, "/indicators", *scopes, **params)
    assert answer.status_code == 200, answer.text
    return {item["indicator"]: item["figure"]["value"] for item in answer.json()["items"]}


async def repeats(system: System) -> float:
    """How many events the service has passed over because it had them."""
    text = (await ask(system, "/metrics")).text
    found = re.search(r'^liengia_consumer_events_total{effect_result="repeat",.*} (\S+)$', text, re.MULTILINE)
    return float(found[1]) if found else 0


def life_of_a_tip(number: int, area: str, **options: Any) -> list[Event]:
    return [
        tip_event("received", tip=number, sequence=1, area=area, **options),
        tip_event("classified", tip=number, sequence=2, area=area, **options),
        tip_event("message_posted", tip=number, sequence=3, area=area, **options),
        tip_event("resolved", tip=number, sequence=4, area=area, **options),
        tip_event("replied", tip=number, sequence=5, area=area, **options),
    ]


async def test_repeats_and_disorder_change_no_count_and_leave_no_gap(system: System) -> None:
    events = [event for number in range(30) for event in life_of_a_tip(number, "99/99001/tdp-1")]
    events += random.Random(7).sample(events, 60)
    random.Random(8).shuffle(events)
    await publish(system.kafka.bootstrap, events)

    async def counted() -> bool:
        values = await figures(system, area="99/99001/tdp-1", period="2026-09-14/2026-09-14")
        assert values["tip.received"] == 30, values
        assert values["tip.classified"] == 30
        assert values["tip.resolved"] == 30
        assert values["tip.replied"] == 30
        assert values["tip.handed_over"] == 0
        return True

    await eventually(counted, within=20)
    assert (await ask(system, "/gaps")).json()["items"] == []


async def test_a_ward_a_province_and_a_month_are_the_sums_of_their_days(system: System) -> None:
    events = [
        tip_event("received", tip=100 + number, area=area, at=later(days=day))
        for number, (area, day) in enumerate(
            [("98/98001/tdp-1", 0), ("98/98001/tdp-2", 0), ("98/98001", 1), ("98/98002/tdp-1", 2)]
        )
    ]
    await publish(system.kafka.bootstrap, events)

    async def summed() -> bool:
        assert (await figures(system, area="98/98001", period="2026-09-14/2026-09-14"))["tip.received"] == 2
        assert (await figures(system, area="98/98001", period="2026-W38"))["tip.received"] == 3
        assert (await figures(system, area="98", period="2026-09"))["tip.received"] == 4
        assert (await figures(system, area="98", period="2026"))["tip.received"] == 4
        return True

    await eventually(summed, within=20)


async def test_cases_and_alerts_become_figures_and_all_once_more_backwards_and_double_changes_nothing(
    system: System,
) -> None:
    cases = [
        event
        for case in range(12)
        for event in life_of_a_case(case, area=f"95/95001/tdp-{case % 2}", start=later(days=-365))[
            : 3 + case % 5
        ]
    ]
    alerts = [alert_event("issued", area="95/95001", at=later(days=-365))]
    expected = {
        "mediation.requested": 12,
        "mediation.started_in_time": 12,
        "mediation.successful": 9,
        "mediation.successful_share": 100.0,
        "mediation.agreements_performed": 4,
        "mediation.agreements_held_share": 66.7,
        "alert.issued": 1,
        "tip.received": None,
    }
    await publish(system.kafka.bootstrap, cases, "mediation.case.v1")
    await publish(system.kafka.bootstrap, alerts, "notifications.notice.v1")

    async def counted() -> bool:
        for area in ("95/95001", "95"):
            values = await figures(system, area=area, period="2025-09-01/2026-08-31")
            assert {name: values[name] for name in expected} == expected
        return True

    await eventually(counted, within=20)
    before = await repeats(system)
    await publish(system.kafka.bootstrap, cases[::-1] + cases, "mediation.case.v1")
    await publish(system.kafka.bootstrap, alerts * 2, "notifications.notice.v1")

    async def passed_over() -> bool:
        with system.databases() as client:
            assert client["analytics"]["marks"].count_documents({}) == 0
        return await repeats(system) == before + 2 * len(cases + alerts)

    await eventually(passed_over, within=20)
    assert await counted()
    assert (await ask(system, "/gaps")).json()["items"] == []


async def test_a_missing_event_shows_as_a_gap_until_it_comes(system: System) -> None:
    first, second, third, *_ = life_of_a_tip(200, "99/99001/tdp-9")
    await publish(system.kafka.bootstrap, [first, third])

    async def gap() -> Any:
        items = (await ask(system, "/gaps")).json()["items"]
        return [item for item in items if item["subject"] == first.subject]

    assert await eventually(gap, within=20) == [{"subject": first.subject, "expected": 3, "found": 2}]
    await publish(system.kafka.bootstrap, [second])

    async def closed() -> bool:
        return not await gap()

    await eventually(closed, within=20)


async def test_recomputing_everything_from_the_facts_gives_the_same_figures(system: System) -> None:
    await publish(system.kafka.bootstrap, life_of_a_tip(300, "97/97001/tdp-1"))

    async def counted() -> bool:
        return bool((await figures(system, area="97", period="2026-09"))["tip.replied"] == 1)

    await eventually(counted, within=20)
    before = await figures(system, area="97", period="2026-09")
    with system.databases() as client:
        spoil(client)

    async def mended() -> bool:
        return await figures(system, area="97", period="2026-09") == before

    await eventually(mended, within=20)


def spoil(client: MongoClient[dict[str, object]]) -> None:
    """Wipes all buckets and marks every leaf again, as an operator would after a doubtful restore."""
    database = client["analytics"]
    leaves = [bucket["_id"] for bucket in database["buckets"].find({"level": "leaf"})]
    database["buckets"].delete_many({})
    for leaf in leaves:
        database["marks"].insert_one({"_id": leaf, "mark": "again", "stage": 0, "since": later()})


async def test_a_statistic_that_was_reported_leaves_as_an_event(system: System) -> None:
    body = {
        "indicator": "outreach.participants",
        "value": 15000,
        "unit": "attendance",
        "qualifier": "more_than",
        "period": "2013-01-01/2023-08-11",
        "area": "legacy/mong-cai",
        "quote": "trên 15.000 người tham gia",
    }
    headers = {**system.bearer("statistics:write"), "Idempotency-Key": "MC03"}
    async with httpx.AsyncClient(base_url=system.replicas[0].url, trust_env=False) as client:
        first = await client.post("/statistics", json=body, headers=headers)
        again = await client.post("/statistics", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()

    async def journalled() -> Any:
        items = (await ask(system, "/events", "events:read")).json()["items"]
        return [item for item in items if item["data"]["area"] == "legacy/mong-cai"]

    (event,) = await eventually(journalled, within=20)
    assert event["type"] == "liengia.statistic.reported.v1"
    assert event["data"]["qualifier"] == "more_than"
    assert "quote" not in event["data"]
