"""Who may open a stream, and what is refused at its door."""

import httpx
import pytest

from tests.support.tokens import Issuer

PATH = "/feeds/stream"


async def test_a_stream_needs_a_token_its_scope_and_an_area(http: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await http.get(PATH)).status_code == 401
    assert (await http.get(PATH, headers=issuer.bearer("tips:read"))).status_code == 403
    assert (await http.get(PATH, headers=issuer.bearer("events:read", areas=()))).status_code == 403


@pytest.mark.parametrize(
    ("query", "headers", "pointer"),
    [
        ({"after": "nonsense"}, {}, "/query/after"),
        ({}, {"Last-Event-ID": "nonsense"}, "/header/Last-Event-ID"),
        ({"after": "begin"}, {"Last-Event-ID": "nonsense"}, "/header/Last-Event-ID"),
    ],
)
async def test_what_is_no_cursor_is_refused_by_its_pointer(
    http: httpx.AsyncClient, issuer: Issuer, query: dict[str, str], headers: dict[str, str], pointer: str
) -> None:
    answer = await http.get(PATH, params=query, headers={**issuer.bearer("events:read"), **headers})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_an_unknown_type_is_refused_by_its_pointer(http: httpx.AsyncClient, issuer: Issuer) -> None:
    types = ["liengia.tip.received.v1", "liengia.tip.gossip.v1"]
    answer = await http.get(PATH, params={"type": types}, headers=issuer.bearer("events:read"))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/query/type/1"]


async def test_the_document_says_that_it_answers_with_server_sent_events(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()["paths"][PATH]["get"]
    assert list(described["responses"]["200"]["content"]) == ["text/event-stream"]
