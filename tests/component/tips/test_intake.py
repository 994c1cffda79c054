"""Reports come in: who may send them, what is refused, and a repeat gets the same answer."""

import asyncio
from datetime import timedelta

import bson
import pytest

from services.tips.config import TipsSettings
from services.tips.intake.store import IntakeStore
from services.tips.main import create
from shared.mongo import connect
from tests.component.tips.conftest import Desk, fresh_key, open_door, report


async def count(desk: Desk) -> int:
    async with desk.database() as database:
        return int(await database["tips"].count_documents({}))


async def test_anybody_gets_an_id_a_receipt_code_and_clocks(desk: Desk) -> None:
    answer = await desk.http.post("/tips", json=report())
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/tips/{body['id']}"
    assert len(body["receipt_code"].split("-")) == 9
    assert body["status"] == "received"
    assert [clock["clock"] for clock in body["clocks"]] == ["report_up", "handover", "decide"]


async def test_the_same_key_at_once_makes_one_tip_and_one_answer(desk: Desk) -> None:
    key = fresh_key()
    answers = await asyncio.gather(*(desk.http.post("/tips", json=report(), headers=key) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await count(desk) == 1


async def test_a_repeat_gets_the_same_answer_after_the_tip_has_moved_on(desk: Desk) -> None:
    key = fresh_key()
    first = await desk.http.post("/tips", json=report(), headers=key)
    await desk.walk(first.json()["id"], ("classify", {"classification": "crime_report"}))
    again = await desk.http.post("/tips", json=report(), headers=key)
    assert again.text == first.text


async def test_a_repeat_gets_the_same_answer_from_another_replica(desk: Desk) -> None:
    key = fresh_key()
    async with open_door(create(desk.settings)) as other:
        answers = await asyncio.gather(
            *(door.post("/tips", json=report(), headers=key) for door in (desk.http, other) for _ in range(5))
        )
    assert len({answer.text for answer in answers}) == 1
    assert await count(desk) == 1


async def test_the_same_key_with_another_body_is_a_misuse(desk: Desk) -> None:
    key = fresh_key()
    await desk.http.post("/tips", json=report(), headers=key)
    answer = await desk.http.post("/tips", json=report(category="noise"), headers=key)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_mismatch"


async def test_the_fingerprint_of_a_body_is_kept_for_a_day_only(desk: Desk, settings: TipsSettings) -> None:
    tip = await desk.received()
    assert "print" in await desk.document(tip["id"])
    store = IntakeStore(connect(desk.url, settings.mongo_database))
    assert await store.forget_prints(desk.clock.now() + timedelta(hours=23)) == 0
    assert await store.forget_prints(desk.clock.now() + timedelta(hours=25)) == 1
    assert "print" not in await desk.document(tip["id"])


async def test_an_anonymous_key_must_be_a_random_uuid(desk: Desk) -> None:
    answer = await desk.http.post("/tips", json=report(), headers={"Idempotency-Key": "1234"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_a_message_id_gives_no_stranger_somebody_elses_receipt_code(desk: Desk) -> None:
    sent = report(channel="zalo_oa", channel_msg_id="zl-7f3a")
    gateway = await desk.http.post("/tips", json=sent, headers=desk.integration())
    strangers = [await desk.http.post("/tips", json=sent) for _ in range(2)]
    other = await desk.http.post("/tips", json=sent, headers=desk.integration("other-gateway"))
    codes = {answer.json()["receipt_code"] for answer in (gateway, *strangers, other)}
    assert len(codes) == 4


async def test_a_gateway_that_repeats_a_message_gets_the_same_tip_whatever_its_key(desk: Desk) -> None:
    sent = report(channel="zalo_oa", channel_msg_id="zl-7f3a")
    answers = [
        await desk.http.post("/tips", json=sent, headers={**desk.integration(), "Idempotency-Key": key})
        for key in ("first", "second")
    ]
    assert answers[0].text == answers[1].text


async def test_neither_key_nor_message_id_is_stored(desk: Desk) -> None:
    key = fresh_key()
    sent = report(channel="zalo_oa", channel_msg_id="zl-planted-7f3a")
    await desk.http.post("/tips", json=report(), headers=key)
    await desk.http.post("/tips", json=sent, headers=desk.integration())
    async with desk.database() as database:
        stored = b"".join([bson.encode(document) async for document in database["tips"].find()])
    assert b"zl-planted" not in stored
    assert key["Idempotency-Key"].encode() not in stored


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"category": "opinion"}, "/category"),
        ({"area": "99"}, "/area"),
        ({"area": "99/99001/$where"}, "/area"),
        ({"area": "99/99001/0912-345-678"}, "/area"),
        ({"text": "  "}, "/text"),
        ({"text": "a" * 10_001}, "/text"),
        ({"identity_mode": "anonymous", "reporter": {"phone": "0912345678"}}, "/reporter"),
        ({"place": {"text": "hẻm 45", "lat": 91, "lon": 10}}, "/place/lat"),
        ({"occurred_at": "2999-01-01T00:00:00+07:00"}, "/occurred_at"),
        ({"occurred_at": "yesterday"}, "/occurred_at"),
        ({"sender_ref": "0912345678"}, "/sender_ref"),
        ({"attachments": [{"kind": "photo", "sha256": "x", "bytes": 1}]}, "/attachments/0/sha256"),
    ],
)
async def test_a_fault_is_named_by_its_place_and_never_repeated(
    desk: Desk, changes: dict[str, object], pointer: str
) -> None:
    answer = await desk.http.post("/tips", json=report(**changes))
    assert answer.status_code == 422
    assert answer.json()["code"] == "validation_failed"
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert "0912345678" not in answer.text
    assert await count(desk) == 0


async def test_an_anonymous_report_with_a_name_is_refused(desk: Desk) -> None:
    answer = await desk.http.post(
        "/tips", json=report(identity_mode="anonymous", reporter={"name": "Nguyễn Văn A"})
    )
    assert answer.status_code == 422
    assert "Nguyễn" not in answer.text


async def test_a_body_over_the_limit_is_refused(desk: Desk) -> None:
    answer = await desk.http.post("/tips", json=report(text="a" * 2_000_000))
    assert answer.status_code == 413
    assert answer.json()["code"] == "payload_too_large"


async def test_a_token_must_carry_the_scope_and_the_area(desk: Desk) -> None:
    without = await desk.http.post("/tips", json=report(), headers=desk.officer("tips:read"))
    elsewhere = await desk.http.post("/tips", json=report(), headers=desk.integration(areas=("01",)))
    assert (without.status_code, elsewhere.status_code) == (403, 403)
    assert elsewhere.json()["code"] == "forbidden"


async def test_an_anonymous_report_keeps_no_name_of_the_officer_who_typed_it(desk: Desk) -> None:
    by = desk.officer("tips:submit", sub="officer-planted")
    answer = await desk.http.post("/tips", json=report(identity_mode="anonymous"), headers=by)
    assert b"officer-planted" not in bson.encode(await desk.document(answer.json()["id"]))
