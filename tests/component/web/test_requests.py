"""Ids, headers, log and metrics of a request; keys, versions and cursors it may carry."""

import logging
import uuid

import httpx
import pytest

from shared.errors import Invalid
from shared.web import read_cursor, write_cursor
from tests.support.tokens import Issuer

GOOD = {"name": "bench", "place": {"lat": 10.5}}
TRACE = "0af7651916cd43dd8448eb211c80319c"


async def test_a_correlation_id_is_kept_and_a_strange_one_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/things/ids/mine", headers={"X-Correlation-ID": "gateway-42.a"})
    assert kept.json()["correlation_id"] == kept.headers["x-correlation-id"] == "gateway-42.a"
    for strange in ("short", "has space inside", 'quo"te-quote', "x" * 65, "ñandú-ñandú"):
        made = await client.get("/things/ids/mine", headers={b"X-Correlation-ID": strange.encode()})
        assert str(uuid.UUID(made.headers["x-correlation-id"])) == made.json()["correlation_id"]


async def test_a_trace_is_continued_with_a_span_of_our_own(client: httpx.AsyncClient) -> None:
    given = f"00-{TRACE}-b7ad6b7169203331-01"
    found = (await client.get("/things/ids/mine", headers={"traceparent": given})).json()["traceparent"]
    version, trace, span, flags = found.split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert span != "b7ad6b7169203331"


@pytest.mark.parametrize(
    "given",
    [
        f"ff-{TRACE}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-b7ad6b7169203331-01-more",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01",
        "rubbish",
    ],
)
async def test_a_traceparent_that_is_none_begins_a_new_trace(client: httpx.AsyncClient, given: str) -> None:
    found = (await client.get("/things/ids/mine", headers={"traceparent": given})).json()["traceparent"]
    assert found.split("-")[1] not in (TRACE, TRACE.upper(), "0" * 32)


async def test_the_access_log_tells_the_route_and_no_path_query_address_or_agent(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="liengia.access"):
        await client.get("/things/424242?phone=0901234567", headers={"User-Agent": "phone of A"})
        await client.get("/receipts/AB12-CD34")
    lines = [{**vars(record)} for record in caplog.records if record.name == "liengia.access"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/things/{thing_id}", 401),
        ("GET", "unmatched", 404),
    ]
    assert not any(
        planted in str(lines) for planted in ("424242", "0901234567", "phone of A", "AB12", "127.0.0.1")
    )


async def test_requests_are_counted_by_route_template(client: httpx.AsyncClient) -> None:
    await client.get("/things/987654")
    await client.request("BREW", "/things/987654")
    text = (await client.get("/metrics")).text
    assert (
        'liengia_http_requests_total{method="GET",route="/things/{thing_id}",service="demo",status="401"}'
        in text
    )
    assert 'method="OTHER"' in text
    assert "987654" not in text
    assert 'liengia_build_info{service="demo",version="1.2.3"} 1.0' in text


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/nowhere", "/things/errors/none"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    page = (await client.get("/things/pages/one")).headers["content-security-policy"]
    assert "script-src 'self'" in page
    assert "unsafe" not in page


@pytest.mark.parametrize(
    ("value", "version"), [('"7"', 7), ('W/"7"', 7), ("*", None), (None, None), ('"0012"', 12)]
)
async def test_if_match_names_a_version(
    client: httpx.AsyncClient, value: str | None, version: int | None
) -> None:
    answer = await client.put("/things/1", headers={"If-Match": value} if value else {})
    assert answer.json() == {"version": version}


@pytest.mark.parametrize(
    ("value", "status"), [('"abc"', 412), ('""', 412), ("7", 422), ('"7", "8"', 422), ('"٧"', 422), ("", 422)]
)
async def test_an_if_match_that_names_none_is_refused(
    client: httpx.AsyncClient, value: str, status: int
) -> None:
    assert (await client.put("/things/1", headers={b"If-Match": value.encode()})).status_code == status


async def test_an_anonymous_key_must_be_a_random_uuid(client: httpx.AsyncClient) -> None:
    key = str(uuid.uuid4())
    for form in (key, key.upper(), f'"{key}"'):
        answer = await client.post("/things", json=GOOD, headers={"Idempotency-Key": form})
        assert answer.json() == {"key": key, "caller": None}
    for guessable in ("order-1", str(uuid.uuid1()), str(uuid.UUID(int=0)), "x" * 36):
        answer = await client.post("/things", json=GOOD, headers={"Idempotency-Key": guessable})
        assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_a_known_caller_chooses_any_visible_key(client: httpx.AsyncClient, issuer: Issuer) -> None:
    for key, status in (("order-1", 201), ("x" * 128, 201), ("x" * 129, 422), ("", 422), ("a b", 422)):
        headers = {**issuer.bearer(), "Idempotency-Key": key}
        assert (await client.post("/things", json=GOOD, headers=headers)).status_code == status


async def test_a_cursor_leads_on_and_any_other_text_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await client.get("/things")).json()["next_cursor"]
    assert (await client.get("/things", params={"cursor": cursor})).json()["items"] == [[1, "ấ"]]
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    for wrong in (
        flipped,
        cursor + "=",
        cursor + "AAAA",
        "x",
        "ấ",
        write_cursor("another shape"),
        write_cursor([1, 2]),
    ):
        answer = await client.get("/things", params={"cursor": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor"), wrong


def test_a_cursor_keeps_its_position() -> None:
    assert read_cursor(write_cursor([3, "a"]), tuple[int, str]) == (3, "a")
    with pytest.raises(Invalid):
        read_cursor("", tuple[int, str])
