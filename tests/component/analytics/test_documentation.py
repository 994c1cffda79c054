"""The OpenAPI document tells what every call answers."""

from services.analytics.api.shapes import Explanation, GapList, IndicatorList
from tests.component.analytics.conftest import World
from tests.support.tip_events import tip_event


async def test_every_answer_has_a_schema_that_names_its_members(world: World) -> None:
    document = (await world.http.get("/openapi.json")).json()
    other = {"/healthz", "/readyz", "/metrics", "/live", "/events"}
    bare = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and path not in other
        if not {"$ref", "anyOf"}
        & answer.get("content", {}).get("application/json", {}).get("schema", {}).keys()
    ]
    assert bare == []
    assert list(document["paths"]["/live"]["get"]["responses"]["200"]["content"]) == ["text/event-stream"]


async def test_what_is_answered_is_what_is_documented(world: World) -> None:
    await world.count([tip_event("received", tip=1), tip_event("closed", tip=2, sequence=3)])
    headers = world.issuer.bearer("indicators:read", "operate")
    gaps = (await world.http.get("/gaps", headers=headers)).json()
    assert [
        (gap["expected"], gap["found"]) for gap in GapList.model_validate(gaps).model_dump()["items"]
    ] == [(3, 1)]
    Explanation.model_validate((await world.http.get("/indicators/tip.received/explain")).json())
    IndicatorList.model_validate((await world.http.get("/indicators", headers=headers)).json())
