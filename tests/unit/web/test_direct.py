"""The short way of a busy POST answers as the ordinary one does, whatever comes in."""

from collections.abc import Mapping
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.types import Message

from shared.web import DirectRoute, IdempotencyKey, MaybeCaller, answer
from shared.web.problems import install

KEY = "0b3a4f6e-7d0c-4b6e-9f29-8a2f4f1c7d11"
JSON = {"Content-Type": "application/json"}


class Thing(BaseModel):
    name: Annotated[str, Field(min_length=1)]
    count: int = 0


def application(kind: type[APIRoute]) -> FastAPI:
    router = APIRouter()

    async def make(thing: Thing, caller: MaybeCaller, idempotency_key: IdempotencyKey) -> Response:
        return answer({"name": thing.name, "count": thing.count, "key": idempotency_key}, 201)

    router.add_api_route("/things", make, methods=["POST"], status_code=201, route_class_override=kind)
    app = FastAPI()
    install(app)
    app.include_router(router)
    return app


async def ask(app: FastAPI, content: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        told = await client.post("/things", content=content, headers=dict(headers))
    return told.status_code, told.json()


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"name": "a"}', JSON, 201),
        (b'{"name": "a", "more": [1, {"x": null}]}', JSON, 201),
        (b'{"name": "a", "name": "b"}', JSON, 201),
        (b'{"name": "a", "count": "3"}', JSON, 201),
        (b'{"name": "a"}', {"Content-Type": "application/json; charset=utf-8"}, 201),
        (b'{"name": "a"}', {"Content-Type": "application/merge-patch+json"}, 201),
        (b'{"name": "a"}', {**JSON, "Idempotency-Key": KEY}, 201),
        (b'{"name": "a"}', {**JSON, "Idempotency-Key": f'"{KEY}"'}, 201),
        (b'{"name": "a"}', {**JSON, "Idempotency-Key": "guessable"}, 422),
        (b'{"name": "a"}', {**JSON, "Idempotency-Key": "x" * 200}, 422),
        (b'{"name": ""}', JSON, 422),
        (b'{"count": 1.5}', JSON, 422),
        (b"[]", JSON, 422),
        (b"", JSON, 422),
        (b'{"name": ', JSON, 400),
        (b'{"name": "\xff"}', JSON, 400),
        (b'{"name": "a"}', {"Content-Type": "text/plain"}, 415),
        (b'{"name": "a"}', {}, 415),
        (b'{"name": "a"}', {**JSON, "Authorization": "Basic eDp5"}, 401),
        (b'{"name": ""}', {**JSON, "Authorization": "Basic eDp5"}, 401),
    ],
)
async def test_both_ways_answer_alike(content: bytes, headers: Mapping[str, str], status: int) -> None:
    ordinary = await ask(application(APIRoute), content, headers)
    assert ordinary[0] == status
    assert await ask(application(DirectRoute), content, headers) == ordinary


@pytest.mark.parametrize("kind", [APIRoute, DirectRoute])
async def test_a_caller_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours(kind: type[APIRoute]) -> None:
    sent: list[Message] = []
    coming: list[Message] = [
        {"type": "http.request", "body": b'{"name', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/things",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await application(kind)(scope, receive, send)
    assert sent[0]["status"] == 400


def test_the_document_says_the_same() -> None:
    assert application(DirectRoute).openapi() == application(APIRoute).openapi()
