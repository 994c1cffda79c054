"""Marked values are planted wherever a person can write, then searched for wherever they must not reach."""

import asyncio
import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from bson import BSON
from confluent_kafka.admin import AdminClient
from joserfc import jwe
from joserfc.jwk import ECKey

from tests.support.load import Load, all_arrive
from tests.support.reconcile import records_of
from tests.support.system import AREA, System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(240)

_MARK = uuid4().hex[:10]
PLANTED = {
    "name": f"Nguyễn Thị Dấu{_MARK}",
    "phone": f"09{int(_MARK, 16) % 10**8:08d}",
    "email": f"dau.{_MARK}@example.vn",
    "zalo": f"zalo-{_MARK}",
    "text": f"Nội dung kín {_MARK}",
    "place": f"số nhà {_MARK}a",
    "question": f"Câu hỏi kín {_MARK}",
    "message": f"Lời nhắn kín {_MARK}",
    "note": f"Ghi chú kín {_MARK}",
    "reply": f"Trả lời kín {_MARK}",
    "latitude": f"21.0{int(_MARK, 16) % 10**7:07d}1",
    "longitude": f"105.8{int(_MARK, 16) % 10**7:07d}3",
    "sealed report": f"Qua Kafka {_MARK}",
    "rejected report": f"Bị từ chối {_MARK}",
}


async def _tell(system: System) -> tuple[str, list[str]]:
    """A tip with every marked value in it, through its whole life. Returns its id, and the codes given out:
    its receipt code, and the join code of a dispute that is with mediation.
    """
    tips = system.of("tips")[0].url
    officer = system.bearer("tips:read", "tips:handle")
    body = report(
        text=PLANTED["text"],
        place={
            "text": PLANTED["place"],
            "lat": float(PLANTED["latitude"]),
            "lon": float(PLANTED["longitude"]),
        },
        reporter={name: PLANTED[name] for name in ("name", "phone", "email", "zalo")},
    )
    async with httpx.AsyncClient(base_url=tips, timeout=20, trust_env=False) as client:
        accepted = (await client.post("/tips", json=body)).json()
        tip, receipt = accepted["id"], accepted["receipt_code"]
        reporter = {"Authorization": f"Receipt {receipt}"}
        for path, headers, sent in (
            (f"/tips/{tip}/classify", officer, {"classification": "information"}),
            (f"/tips/{tip}/messages", officer, {"text": PLANTED["question"]}),
            ("/reporter/messages", reporter, {"text": PLANTED["message"]}),
            (f"/tips/{tip}/resolve", officer, {"note": PLANTED["note"]}),
            (f"/tips/{tip}/reply", officer, {"text": PLANTED["reply"]}),
            ("/reporter/rating", reporter, {"rating": 4}),
            # A refusal repeats no value; the pointer names the caller's own member, to the caller alone.
            ("/tips", {}, {**body, "category": PLANTED["text"], PLANTED["name"]: 1}),
            (f"/tips/{tip}/classify", officer, {"classification": PLANTED["note"]}),
            ("/reporter/messages", {"Authorization": f"Receipt {PLANTED['text']}"}, {"text": "x"}),
        ):
            answer = await client.post(path, headers=_ascii(headers), json=sent)
            assert answer.status_code < 500
            if answer.is_error:
                kept = [value for value in PLANTED.values() if value != PLANTED["name"]]
                assert _found_in(answer.content, [*kept, receipt]) == []
        code = await _refer(client, officer)
        (key, *_) = (await client.get("/.well-known/jwks.json")).json()["keys"]
    _submit(system, key, {**report(text=PLANTED["sealed report"], channel="sms")})
    _submit(system, key, {**report(text=PLANTED["rejected report"], channel="no such channel")})
    return tip, [receipt, code]


async def _refer(client: httpx.AsyncClient, officer: dict[str, str]) -> str:
    accepted = (await client.post("/tips", json=report(category="neighbour_dispute"))).json()
    questions = ("state_or_public_interest", "must_be_prosecuted", "must_be_sanctioned", "barred_by_law")
    consent = {"how": "phone", "at": datetime.now(UTC).isoformat()}
    for call, body in (
        ("classify", {"classification": "dispute", "dispute_type": "noise"}),
        (
            "refer-to-mediation",
            {"scope": dict.fromkeys(questions, False), "reporter_is_party": True, "consent": consent},
        ),
    ):
        answer = await client.post(f"/tips/{accepted['id']}/{call}", headers=officer, json=body)
        assert answer.status_code == 200, answer.text
    receipt = {"Authorization": f"Receipt {accepted['receipt_code']}"}
    seen = (await client.get("/reporter/tip", headers=receipt)).json()
    return str(seen["mediation"]["join_code"])


def _ascii(headers: dict[str, str]) -> dict[str, str]:
    """Header values travel as ASCII; marks are left out as a reporter on a phone may do."""
    folded = {name: unicodedata.normalize("NFD", value) for name, value in headers.items()}
    return {name: value.encode("ascii", "ignore").decode() for name, value in folded.items()}


def _submit(system: System, key: Mapping[str, str | list[str]], clear: dict[str, object]) -> None:
    from_outside = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"]}
    sealed = jwe.encrypt_compact(from_outside, json.dumps(clear).encode(), ECKey.import_key(dict(key)))
    system.produce_submission(sealed)


def _found_in(haystack: bytes, values: list[str]) -> list[str]:
    """Which values stand in the bytes, as they are, folded to ASCII or as JSON writes them."""
    forms = {
        value: {
            value.encode(),
            json.dumps(value)[1:-1].encode(),
            unicodedata.normalize("NFD", value).encode(),
        }
        for value in values
    }
    return [value for value, written in forms.items() if any(form in haystack for form in written)]


def _broker(system: System) -> Iterator[tuple[str, bytes]]:
    topics = AdminClient({"bootstrap.servers": system.kafka.bootstrap}).list_topics(timeout=10).topics
    assert {"tips.tip.v1", "tips.submission.v1", "analytics.dlt"} <= set(topics)
    for topic in topics:
        if not topic.startswith("__"):
            for message in records_of(system.kafka.bootstrap, topic):
                headers = str(message.headers()).encode()
                yield f"topic {topic}", b"\n".join([message.key() or b"", message.value() or b"", headers])


def _documents(system: System) -> Iterator[tuple[str, bytes]]:
    """Every document as MongoDB keeps it before it compresses its files."""
    with system.databases() as client:
        for name in ("tips", "analytics"):
            for collection in client[name].list_collection_names():
                for document in client[name].get_collection(collection).find(batch_size=500):
                    yield f"{name}.{collection}", BSON.encode(document)


def _files(system: System) -> Iterator[tuple[str, bytes]]:
    for file in system.folder.rglob("*"):
        if file.is_file():
            yield f"file {file.relative_to(system.folder)}", file.read_bytes()


async def test_what_a_person_wrote_or_is_stands_nowhere_but_sealed_in_tips(system: System) -> None:
    tip, codes = await _tell(system)
    secret = [*PLANTED.values(), *codes, *(code.replace("-", mark) for code in codes for mark in ("", " "))]
    others = Load(system, system.of("tips"))
    await others.run(4)
    await all_arrive(others)

    def both_submissions_were_read() -> bool:
        with system.databases() as client:
            assert client["tips"]["rejected_submissions"].count_documents({}) >= 1
            assert client["tips"]["tips"].count_documents({"channel": "sms"}) >= 1
        return True

    await eventually(both_submissions_were_read, within=30)

    answers: list[tuple[str, bytes]] = []
    everyone = system.bearer("events:read", "indicators:read", "tips:read")
    async with httpx.AsyncClient(timeout=20, trust_env=False, headers=everyone) as client:
        for replica in system.replicas:
            for path in ("/metrics", "/readyz", "/events?limit=500", "/openapi.json"):
                answers.append((replica.name + path, (await client.get(replica.url + path)).content))
        listed = await client.get(system.of("tips")[0].url + f"/tips?area={AREA}")
        answers.append(("the officers' list", listed.content))
        timeline = await client.get(system.of("tips")[0].url + f"/tips/{tip}/timeline")
        answers.append(("the timeline", timeline.content))
        figures = await client.get(system.of("analytics")[0].url + "/indicators?area=99")
        answers.append(("indicators", figures.content))
        shown = (await client.get(system.of("tips")[0].url + f"/tips/{tip}")).content
        assert _found_in(shown, [PLANTED["text"]]) == [PLANTED["text"]]
        assert _found_in(shown, [PLANTED[one] for one in ("name", "phone", "email", "zalo")]) == []

    with system.databases() as client_to_flush:
        await asyncio.to_thread(client_to_flush.admin.command, "fsync")
    places = [*answers, *_broker(system), *_documents(system), *_files(system)]
    leaks = {where: found for where, content in places if (found := _found_in(content, secret))}
    assert leaks == {}
