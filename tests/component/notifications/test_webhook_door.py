"""Making, seeing and changing webhooks over HTTP: whose they are, what they may be, and what is told once."""

import asyncio
from typing import Any

import httpx
from pydantic import BaseModel

from services.notifications.api import webhook_shapes as shapes
from services.notifications.usecases.webhooks import MOST_OF_ONE
from tests.component.notifications.conftest import Service

URL = "http://portal.example.org/hook?token=not-for-others"


async def make(service: Service, by: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await service.http.post("/webhooks", json={"url": URL, **body}, headers=by or service.by())


async def test_the_secret_is_told_once_and_the_address_to_its_owner_alone(service: Service) -> None:
    made = await service.register(URL)
    seen = await service.webhook(made["id"])
    assert (seen["url"], seen["origin"], "secret" in seen) == (URL, "http://portal.example.org", False)
    operator = service.by("operate", subject="operator")
    other = (await service.http.get(f"/webhooks/{made['id']}", headers=operator)).json()
    assert (other["url"], other["origin"]) == (None, "http://portal.example.org")
    stored = str(await service.bench.database["webhooks"].find_one({"_id": made["id"]}))
    assert "not-for-others" not in stored
    assert made["secret"].removeprefix("whsec_") not in stored


async def test_the_same_key_again_gives_the_same_webhook_and_secret(service: Service) -> None:
    first, again = await service.register(URL, key="k-1"), await service.register(URL, key="k-1")
    assert (first["id"], first["secret"]) == (again["id"], again["secret"])
    other = await make(service, {**service.by(), "Idempotency-Key": "k-1"}, types=["liengia.tip.closed.v1"])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    stranger = await make(service, {**service.by(subject="stranger"), "Idempotency-Key": "k-1"})
    assert stranger.json()["id"] != first["id"]
    headers = {"headers": {"Idempotency-Key": "r-1"}}
    rotated = await service.call(first["id"], "rotate-secret", **headers)
    repeated = await service.call(first["id"], "rotate-secret", **headers)
    assert rotated.json()["secret"] == repeated.json()["secret"] != first["secret"]
    assert len(repeated.json()["secrets"]) == 2


FAULTY: tuple[tuple[dict[str, Any], str], ...] = (
    ({"url": "ftp://portal.example.org/"}, "/url"),
    ({"url": "http://user:word@portal.example.org/"}, "/url"),
    ({"url": "http://portal.example.org/" + "x" * 2048}, "/url"),
    ({"types": ["liengia.tip.received.v1", "liengia.gossip.v1"]}, "/types/1"),
    ({"areas": ["99/99001", "Bình Minh"]}, "/areas/1"),
    ({"areas": [""]}, "/areas/0"),
    ({"scopes": ["inspectorate"]}, "/scopes"),
)


async def test_a_faulty_webhook_is_refused_by_its_pointer(service: Service) -> None:
    for body, pointer in FAULTY:
        answer = await make(service, **body)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (
            422,
            [pointer],
        )
    assert (await service.http.get("/webhooks", headers=service.by())).json()["items"] == []


async def test_a_webhook_is_never_wider_than_its_owners_token(service: Service) -> None:
    assert (await make(service, areas=["98"])).status_code == 403
    assert (await make(service, areas=["*"])).status_code == 403
    assert (await make(service, restricted=True)).status_code == 403
    assert (await make(service, service.by("tips:read"))).status_code == 403
    assert (await service.http.post("/webhooks", json={"url": URL})).status_code == 401
    assert (await make(service, service.by(areas=()))).status_code == 403
    everywhere = service.by("events:read", "inspectorate", areas=("*",))
    made = await make(service, everywhere, areas=["*", "98"], restricted=True)
    assert (made.status_code, made.json()["areas"]) == (201, ["*", "98"])


async def test_what_is_another_ones_looks_like_nothing(service: Service) -> None:
    made = await service.register(URL)
    stranger = service.by(subject="stranger")
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/attempts", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/disable", None),
        ("POST", "/enable", None),
        ("POST", "/replay", {"after": "begin"}),
        ("DELETE", "", None),
    ):
        answer = await service.http.request(
            method, f"/webhooks/{made['id']}{path}", json=body, headers=stranger
        )
        assert (method, path, answer.status_code) == (method, path, 404)
    assert (await service.http.get("/webhooks", headers=stranger)).json()["items"] == []


async def test_an_operator_may_stop_and_replay_but_never_learn_a_secret(service: Service) -> None:
    made = await service.register(URL)
    operator = service.by("operate", subject="operator")
    assert (await service.http.get("/webhooks?all=true", headers=service.by())).status_code == 403
    (seen,) = (await service.http.get("/webhooks?all=true", headers=operator)).json()["items"]
    assert (seen["id"], seen["url"]) == (made["id"], None)
    assert (await service.call(made["id"], "rotate-secret", by=operator)).status_code == 403
    assert (await service.call(made["id"], "replay", {"after": "begin"}, by=operator)).status_code == 202
    disabled = await service.call(made["id"], "disable", by=operator)
    assert (disabled.json()["status"], disabled.json()["reason"]) == ("disabled", "operator")
    assert (await service.call(made["id"], "enable", by=operator)).status_code == 403


async def test_a_disabled_webhook_says_so_and_what_is_lawful(service: Service) -> None:
    made = await service.register(URL)
    stale = await service.call(made["id"], "disable", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
    disabled = await service.call(made["id"], "disable", headers={"If-Match": f'"{made["version"]}"'})
    assert (disabled.json()["status"], disabled.json()["reason"]) == ("disabled", "owner")
    again = await service.call(made["id"], "disable")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    assert (await service.call(made["id"], "replay", {"after": "begin"})).status_code == 409
    enabled = (await service.call(made["id"], "enable")).json()
    assert (enabled["status"], enabled["reason"]) == ("enabled", None)


async def test_a_removed_webhook_is_forgotten_with_its_address_and_secret(service: Service) -> None:
    made = await service.register(URL, key="k-1")
    path = f"/webhooks/{made['id']}"
    assert (await service.http.delete(path, headers=service.by())).status_code == 204
    assert (await service.http.get(path, headers=service.by())).status_code == 404
    assert (await service.http.delete(path, headers=service.by())).status_code == 404
    assert (await service.http.get("/webhooks", headers=service.by())).json()["items"] == []
    repeated = await make(service, {**service.by(), "Idempotency-Key": "k-1"})
    assert repeated.status_code == 404
    stored = await service.bench.database["webhooks"].find_one({"_id": made["id"]})
    assert stored is not None
    assert (stored["key"], stored["url"], stored["secrets"]) == (None, None, [])


async def test_one_caller_has_a_limit_also_when_all_come_at_once(service: Service) -> None:
    made = await asyncio.gather(*(make(service) for _ in range(MOST_OF_ONE + 5)))
    refused = [answer.json()["code"] for answer in made if answer.status_code == 409]
    assert refused == ["webhook_limit"] * 5
    listed = await service.http.get("/webhooks?limit=200", headers=service.by())
    assert len(listed.json()["items"]) == MOST_OF_ONE
    assert (await make(service)).status_code == 409
    assert (await make(service, service.by(subject="another"))).status_code == 201


async def test_lists_go_on_page_by_page(service: Service) -> None:
    made = {(await service.register(URL))["id"] for _ in range(5)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await service.http.get("/webhooks", params=params, headers=service.by())).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == sorted(made)


FAULTY_REPLAYS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, ""),
    ({"from": "2026-09-14T01:00:00Z", "after": "begin"}, ""),
    ({"from": "2026-09-14T01:00:00Z", "to": "2026-09-14T00:00:00Z"}, ""),
    ({"from": "yesterday"}, "/from"),
    ({"after": "nonsense"}, "/after"),
)


async def test_a_faulty_replay_is_refused_by_its_pointer(service: Service) -> None:
    made = await service.register(URL)
    for body, pointer in FAULTY_REPLAYS:
        answer = await service.call(made["id"], "replay", body)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (
            422,
            [pointer],
        )
    assert (await service.webhook(made["id"]))["replay"] is None


async def test_what_is_answered_is_what_is_documented(service: Service) -> None:
    made = await service.register(URL)
    path = f"/webhooks/{made['id']}"
    _holds(shapes.WebhookWithSecret, made)
    _holds(shapes.WebhookWithSecret, (await service.call(made["id"], "rotate-secret")).json())
    _holds(shapes.ReplayItem, (await service.call(made["id"], "replay", {"after": "begin"})).json())
    for where, shape in (
        (path, shapes.WebhookItem),
        ("/webhooks", shapes.WebhookList),
        (f"{path}/attempts", shapes.AttemptList),
    ):
        _holds(shape, (await service.http.get(where, headers=service.by())).json())
    _holds(shapes.WebhookItem, (await service.call(made["id"], "disable")).json())
    document = (await service.http.get("/openapi.json")).json()
    bare = [
        f"{method} {where}"
        for where, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if where.startswith("/webhooks") and status.startswith("2") and status != "204"
        if not answer.get("content", {}).get("application/json", {}).get("schema")
    ]
    assert bare == []


def _holds(shape: type[BaseModel], answer: object) -> None:
    """Raises when a member is missing or not documented."""
    shape.model_validate(answer)
