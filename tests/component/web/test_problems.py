"""Every error is a problem detail with a stable code, and tells nothing it should not."""

import json
import logging
from typing import Any

import httpx
import pytest

from tests.support.tokens import Issuer

GOOD = {"name": "bench", "place": {"lat": 10.5}}
JSON = {"Content-Type": "application/json"}


def body_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    return body


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("illegal", 409, "illegal_transition"),
        ("missing", 404, "not_found"),
        ("stale", 412, "version_mismatch"),
        ("busy", 429, "rate_limited"),
        ("away", 503, "unavailable"),
        ("plain", 422, "validation_failed"),
    ],
)
async def test_each_kind_of_error_has_its_status(
    client: httpx.AsyncClient, name: str, status: int, code: str
) -> None:
    answer = await client.get(f"/things/errors/{name}")
    assert (answer.status_code, body_of(answer)["code"]) == (status, code)


async def test_an_outage_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert (await client.get("/things/errors/away")).headers["retry-after"] == "3"


async def test_faults_are_pointed_at_without_repeating_their_values(client: httpx.AsyncClient) -> None:
    planted = {"name": 7, "place": {"lat": "Nguyen-0901234567"}, "tags": {"a/b~c": "x"}}
    body = body_of(await client.post("/things", json=planted))
    assert (body["status"], body["code"]) == (422, "validation_failed")
    assert {fault["pointer"] for fault in body["errors"]} == {"/name", "/place/lat", "/tags/a~1b~0c"}
    assert "0901234567" not in json.dumps(body)


async def test_faults_outside_the_body_are_pointed_at_too(client: httpx.AsyncClient) -> None:
    assert body_of(await client.put("/things/seven"))["errors"][0]["pointer"] == "/path/thing_id"
    assert body_of(await client.get("/things?limit=0"))["errors"][0]["pointer"] == "/query/limit"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"name": ', "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b"[" * 2000, "malformed_body"),
    ],
    ids=["cut off", "not UTF-8", "deeply nested"],
)
async def test_a_body_that_cannot_be_read_is_400(
    client: httpx.AsyncClient, content: bytes, code: str
) -> None:
    answer = await client.post("/things", content=content, headers=JSON)
    assert (answer.status_code, body_of(answer)["code"]) == (400, code)


async def test_an_empty_body_is_422(client: httpx.AsyncClient) -> None:
    assert body_of(await client.post("/things", headers=JSON))["status"] == 422


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", None])
async def test_another_kind_of_content_is_415(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await client.post("/things", content=json.dumps(GOOD).encode(), headers=headers)
    assert (answer.status_code, body_of(answer)["code"]) == (415, "unsupported_media_type")


async def test_an_unknown_address_is_404_and_a_wrong_method_names_the_right_ones(
    client: httpx.AsyncClient,
) -> None:
    assert body_of(await client.get("/nowhere"))["code"] == "not_found"
    assert body_of(await client.get("/things/1/"))["code"] == "not_found"
    answer = await client.delete("/things/1")
    assert (answer.status_code, body_of(answer)["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, PUT"


async def test_a_fault_of_ours_is_500_without_internals_and_logged_with_its_id(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/things/errors/no-such-key", headers={"X-Correlation-ID": "ticket-4711"})
    assert (answer.status_code, body_of(answer)["code"]) == (500, "internal_error")
    assert "KeyError" not in answer.text
    assert answer.headers["x-correlation-id"] == "ticket-4711"
    assert [record.message for record in caplog.records] == ["a request failed"]


async def test_a_caller_without_a_token_is_told_how_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things/1")
    assert (answer.status_code, body_of(answer)["code"]) == (401, "unauthorised")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer not-a-token", "Basic dXNlcjpwYXNz", "Bearer a.b.c extra", "Receipt ABCD"]
)
async def test_a_wrong_token_is_never_passed_over(client: httpx.AsyncClient, value: str) -> None:
    assert (await client.get("/things/1", headers={"Authorization": value})).status_code == 401
    public = await client.post("/things", json=GOOD, headers={"Authorization": value})
    assert public.status_code == (201 if value.startswith("Receipt") else 401)


async def test_scopes_and_areas_are_held(client: httpx.AsyncClient, issuer: Issuer) -> None:
    allowed = await client.get("/things/1", headers=issuer.bearer("things:read", areas=["99"]))
    assert allowed.json() == {"id": 1, "caller": "officer-1"}
    assert allowed.headers["etag"] == '"7"'
    without_scope = await client.get("/things/1", headers=issuer.bearer(areas=["99"]))
    elsewhere = await client.get("/things/1", headers=issuer.bearer("things:read", areas=["98"]))
    assert (without_scope.status_code, elsewhere.status_code) == (403, 403)
    assert body_of(elsewhere)["code"] == "forbidden"


async def test_a_receipt_code_comes_in_the_header_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things/receipts/mine", headers={"Authorization": "receipt AB-12 cd"})
    assert answer.json() == {"code": "AB-12 cd"}
    refused = await client.get("/things/receipts/mine?code=AB-12")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Receipt")
