"""CloudEvents over HTTP: the same use case as `POST /tips`, clear or encrypted."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey

from services.tips.receipt.domain.codes import aloud, new_code
from tests.component.tips.conftest import Desk, fresh_key, report

STRUCTURED = {"Content-Type": "application/cloudevents+json"}


def event(data: Any, number: str = "e-1", source: str = "/gateways/zalo") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": number,
        "type": "liengia.tip.submitted.v1",
        "source": source,
        "time": "2026-09-14T05:10:00+07:00",
        "data": data,
    }


async def encrypted(desk: Desk, body: dict[str, Any] | bytes) -> str:
    clear = body if isinstance(body, bytes) else json.dumps(body).encode()
    (public,) = (await desk.http.get("/.well-known/jwks.json")).json()["keys"]
    assert "d" not in public
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": public["kid"]}
    key = ECKey.import_key(public)
    return jwe.encrypt_compact(header, clear, key, algorithms=["ECDH-ES", "A256GCM"])


async def send(desk: Desk, body: Any, **headers: str) -> Any:
    return await desk.http.post(
        "/events", content=json.dumps(body), headers={**STRUCTURED, **desk.integration(), **headers}
    )


async def test_an_event_with_clear_data_becomes_a_tip_once(desk: Desk) -> None:
    first, again = [await send(desk, event(report())) for _ in range(2)]
    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert first.json()["receipt_code"]


async def test_an_encrypted_event_becomes_a_tip_with_the_code_that_the_gateway_gave_out(desk: Desk) -> None:
    given = new_code(b"a gateway has its own randomness")
    answer = await send(desk, event(await encrypted(desk, report(receipt_code=given, text="Mã đã phát"))))
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt_code"] == given
    found = await desk.http.get("/reporter/tip", headers={"Authorization": f"Receipt {given}"})
    assert found.status_code == 200


async def test_a_code_that_ends_in_any_of_our_words_is_found_with_its_marks(desk: Desk) -> None:
    """The bytes of the last letter of `trà` and `rễ` end like white space of Latin-1."""
    for word in ("tra", "nha", "re"):
        given = next(code for code in map(new_code, digests()) if code.endswith(f"-{word}"))
        await send(desk, event(await encrypted(desk, report(receipt_code=given)), f"ends-{word}"))
        said = {b"Authorization": f"Receipt {aloud(given)}".encode()}
        assert (await desk.http.get("/reporter/tip", headers=said)).status_code == 200, word


def digests() -> Iterator[bytes]:
    return (hashlib.sha256(str(number).encode()).digest() for number in itertools.count())


async def test_a_code_that_belongs_to_another_report_is_refused(desk: Desk) -> None:
    given = (await desk.received())["receipt_code"]
    answer = await send(desk, event(await encrypted(desk, report(receipt_code=given))))
    assert answer.status_code == 409
    assert answer.json()["code"] == "receipt_taken"


async def test_something_that_is_no_code_is_named(desk: Desk) -> None:
    answer = await send(desk, event(report(receipt_code="0000-0000-0000-0000")))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/receipt_code"


async def test_an_encrypted_report_may_be_as_long_as_any_other(desk: Desk) -> None:
    answer = await send(desk, event(await encrypted(desk, report(text="ệ" * 10_000))))
    assert answer.status_code == 201, answer.text


async def test_an_encrypted_depth_without_end_is_refused(desk: Desk) -> None:
    answer = await send(desk, event(await encrypted(desk, b"[" * 9000 + b"]" * 9000)))
    assert (answer.status_code, answer.json()["code"]) == (422, "jwe_invalid")


async def test_a_batch_is_answered_item_by_item(desk: Desk) -> None:
    batch = [event(report(), "e-1"), event(report(category="opinion"), "e-2"), event("a.b.c.d.e", "e-3")]
    headers = {"Content-Type": "application/cloudevents-batch+json", **desk.integration()}
    answer = await desk.http.post("/events", content=json.dumps(batch), headers=headers)
    assert [item["status"] for item in answer.json()["items"]] == [201, 422, 422]


async def test_events_need_a_token_with_the_scope_and_the_area(desk: Desk) -> None:
    body = json.dumps(event(report()))
    anybody = await desk.http.post("/events", content=body, headers=STRUCTURED)
    reader = await desk.http.post("/events", content=body, headers={**STRUCTURED, **desk.officer()})
    elsewhere = {**STRUCTURED, **desk.integration(areas=("01",))}
    foreign = await desk.http.post("/events", content=body, headers=elsewhere)
    assert [answer.status_code for answer in (anybody, reader, foreign)] == [401, 403, 403]


async def test_a_key_of_the_sender_and_an_event_id_never_meet(desk: Desk) -> None:
    key = fresh_key()
    by_key = await desk.http.post("/tips", json=report(), headers={**desk.integration(), **key})
    by_event = await send(desk, event(report(), number=key["Idempotency-Key"]))
    assert by_key.json()["id"] != by_event.json()["id"]
