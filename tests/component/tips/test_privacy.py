"""Planted values are looked for wherever they must not be: database, events, logs, other people's answers."""

import json
import logging
from typing import Any

import bson
import pytest

from tests.component.tips.conftest import Desk, report

NAME, PHONE, MAIL, ZALO = "Nguyễn Thị Tìmthấy", "0987654321", "planted@example.org", "zalo:planted"
TEXT, SPOT, QUESTION, ANSWER = "PLANTED-TEXT", "PLANTED-PLACE", "PLANTED-QUESTION", "PLANTED-ANSWER"
NOTE, REPLY, REASON, WHY, FILE = "PLANTED-NOTE", "PLANTED-REPLY", "PLANTED-REASON", "PLANTED-WHY", "ab" * 32
LAT, LON = 10.771234, 106.701234
SECRET = [NAME, PHONE, MAIL, ZALO, TEXT, SPOT, QUESTION, ANSWER, NOTE, REPLY, REASON, WHY, FILE, "10.771234"]


async def lived(desk: Desk) -> dict[str, Any]:
    """A tip with everything said in it that can be said."""
    received = await desk.received(
        text=TEXT,
        place={"text": SPOT, "lat": LAT, "lon": LON},
        reporter={"name": NAME, "phone": PHONE, "email": MAIL, "zalo": ZALO},
        attachments=[{"kind": "photo", "sha256": FILE, "bytes": 10}],
        channel_msg_id="planted-message",
    )
    tip, code = received["id"], {"Authorization": f"Receipt {received['receipt_code']}"}
    await desk.walk(tip, ("classify", {"classification": "crime_report"}), ("messages", {"text": QUESTION}))
    await desk.http.post("/reporter/messages", json={"text": ANSWER}, headers=code)
    await opened(desk, tip)
    await desk.walk(tip, ("resolve", {"note": NOTE}), ("reply", {"text": REPLY}))
    contested = await desk.http.post("/reporter/contest", json={"reason": REASON}, headers=code)
    assert contested.status_code == 200
    return received


async def opened(desk: Desk, tip: str) -> None:
    asks, approves = desk.officer("identity:request"), desk.officer("identity:approve", sub="officer-2")
    why = {"purpose": "investigation", "legal_basis": "criminal_procedure", "reason": WHY}
    assert (await desk.call(tip, "identity-requests", why, by=asks)).status_code == 201
    assert (await desk.call(tip, "identity-requests/1/approve", by=approves)).status_code == 200
    seen = await desk.http.get(f"/tips/{tip}/identity-requests/1/identity", headers=asks)
    assert seen.json()["reporter"]["name"] == NAME


def forms(value: str) -> list[bytes]:
    return [value.encode(), json.dumps(value)[1:-1].encode()]


def found(haystack: bytes, values: list[str]) -> list[str]:
    return [value for value in values if any(form in haystack for form in forms(value))]


async def test_what_people_wrote_lies_sealed_in_the_database(desk: Desk) -> None:
    received = await lived(desk)
    stored = b""
    async with desk.database() as database:
        for name in await database.list_collection_names():
            stored += b"".join([bson.encode(document) async for document in database[name].find()])
    assert received["id"].encode() in stored
    assert found(stored, [*SECRET, received["receipt_code"], "planted-message", "203.0.113.77"]) == []
    assert bson.encode({"a": LAT})[7:15] not in stored


async def test_events_carry_nothing_of_it(desk: Desk) -> None:
    received = await lived(desk)
    events = await desk.events(received["id"])
    assert len(events) == 9
    told = json.dumps([{**event, "time": ""} for event in events], default=str, ensure_ascii=False).encode()
    assert found(told, [*SECRET, received["receipt_code"], "officer-1"]) == []


async def test_logs_carry_nothing_of_it(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    received = await lived(desk)
    await desk.http.post("/tips", json=report(text=TEXT, category=PHONE))
    await desk.http.get("/reporter/tip", headers={"Authorization": f"Receipt {TEXT}"})
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records).encode()
    assert found(told, [*SECRET, received["receipt_code"], "203.0.113.77"]) == []


async def test_an_officer_reads_what_happened_but_never_who_told(desk: Desk) -> None:
    received = await lived(desk)
    seen = await desk.http.get(f"/tips/{received['id']}", headers=desk.officer())
    assert seen.json()["text"] == TEXT
    assert seen.json()["place"] == {"text": SPOT, "lat": LAT, "lon": LON}
    assert seen.json()["identity"] == "sealed"
    assert [message["text"] for message in seen.json()["messages"]] == [QUESTION, ANSWER, REASON]
    answers = [
        seen.content,
        (await desk.http.get("/tips", headers=desk.officer())).content,
        (await desk.http.get(f"/tips/{received['id']}/timeline", headers=desk.officer())).content,
        (await desk.http.get(f"/tips/{received['id']}/clocks", headers=desk.officer())).content,
        (await desk.http.get("/metrics")).content,
    ]
    assert found(b"".join(answers), [NAME, PHONE, MAIL, ZALO, received["receipt_code"]]) == []


async def test_a_sealed_text_moved_to_another_tip_does_not_open(desk: Desk) -> None:
    one, other = (await desk.received(text=TEXT))["id"], (await desk.received())["id"]
    moved = await desk.document(one)
    async with desk.database() as database:
        stolen = {"$set": {"text": moved["text"], "key": moved["key"]}}
        await database["tips"].update_one({"_id": other}, stolen)
    answer = await desk.http.get(f"/tips/{other}", headers=desk.officer())
    assert answer.status_code == 500
    assert TEXT not in answer.text


async def test_writes_go_on_while_kafka_is_away(desk: Desk) -> None:
    await desk.received()
    ready = await desk.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["relay"]["broker"] != "up"
