"""Marked values are planted wherever a person can write, then searched for wherever they must not reach."""

import asyncio
import json
import unicodedata
from collections.abc import Iterator, Mapping
from uuid import uuid4

import httpx
import pytest
from bson import BSON
from confluent_kafka.admin import AdminClient
from joserfc import jwe
from joserfc.jwk import ECKey

from tests.support.disputes import Dispute, Talks, found_team
from tests.support.load import Load, all_arrive, speak
from tests.support.persistent import Persistent
from tests.support.portal import portal
from tests.support.reconcile import TOPICS, records_of
from tests.support.sse import Listener, listening
from tests.support.system import AREA, SERVICES, System, report
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(480)

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
# What is told to mediators: by the first and the second party, and about their talks.
TALKS = {
    "first name": f"Trần Văn Bên{_MARK}",
    "first phone": f"08{int(_MARK, 16) % 10**8:08d}",
    "first address": f"ngõ {_MARK}b",
    "first statement": f"Lời kể kín {_MARK}",
    "second name": f"Lê Thị Kia{_MARK}",
    "second phone": f"03{int(_MARK, 16) % 10**8:08d}",
    "second statement": f"Lời đáp kín {_MARK}",
    "place": f"nhà bà {_MARK}c",
    "note": f"Biên bản kín {_MARK}",
    "term": f"Thỏa thuận kín {_MARK}",
}
HOOK = f"khoa-trong-duong-dan-{_MARK}"
# What anybody or a subscriber may read beside what every service has.
READ = {
    "tips": (f"/tips?area={AREA}",),
    "mediation": ("/cases", "/board"),
    "notifications": ("/feeds/public.json", "/bulletin", "/alerts", "/webhooks?all=true"),
    "analytics": ("/indicators?area=99", "/statistics", "/"),
}


async def _tell(system: System) -> tuple[str, str]:
    """A tip with every marked value in it, through its whole life. Returns its id and its receipt code."""
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
        (key, *_) = (await client.get("/.well-known/jwks.json")).json()["keys"]
    _submit(system, key, {**report(text=PLANTED["sealed report"], channel="sms")})
    _submit(system, key, {**report(text=PLANTED["rejected report"], channel="no such channel")})
    return tip, receipt


async def _talk(system: System) -> Dispute:
    """A dispute whose parties and mediators told what is marked, settled."""
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        calls = Persistent(system, client)
        dispute = await Talks(calls, await found_team(calls), TALKS).play(settled=True)
        head = system.bearer("mediation:head", subject="head-1")
        door = f"{system.of('mediation')[0].url}/cases/{dispute.case}"
        seen = (await client.get(door, headers=head)).content
        told = list(TALKS.values())
        assert sorted(_found_in(seen, told)) == sorted(told)
        for scope in ("mediation:read", "mediation:handle"):
            other = await client.get(door, headers=system.bearer(scope, subject="somebody-else"))
            assert _found_in(other.content, told) == []
        refused = await client.post(f"{door}/parties", headers=head, json={**_wrong(), "phone": told[2]})
        assert refused.status_code == 422
        assert _found_in(refused.content, told) == []
    return dispute


def _wrong() -> dict[str, str]:
    return {"name": TALKS["first name"], "statement": TALKS["first statement"]}


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
    if _MARK.encode() not in haystack:  # most hold it, and there is much to search
        values = [value for value in values if _MARK not in value]
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
    assert {*TOPICS, "tips.submission.v1", *(f"{name}.dlt" for name in SERVICES)} <= set(topics)
    for topic in topics:
        if not topic.startswith("__"):
            for message in records_of(system.kafka.bootstrap, topic):
                headers = str(message.headers()).encode()
                yield f"topic {topic}", b"\n".join([message.key() or b"", message.value() or b"", headers])


def _documents(system: System) -> Iterator[tuple[str, bytes]]:
    """Every document as MongoDB keeps it before it compresses its files."""
    with system.databases() as client:
        for name in SERVICES:
            for collection in client[name].list_collection_names():
                for document in client[name].get_collection(collection).find(batch_size=500):
                    yield f"{name}.{collection}", BSON.encode(document)


def _files(system: System) -> Iterator[tuple[str, bytes]]:
    for file in system.folder.rglob("*"):
        if file.is_file():
            yield f"file {file.relative_to(system.folder)}", file.read_bytes()


async def _answers(system: System) -> list[tuple[str, bytes]]:
    """What the doors show to those who may read much, but neither head a team nor hold a code."""
    answers: list[tuple[str, bytes]] = []
    scopes = ("events:read", "indicators:read", "tips:read", "mediation:read", "operate", "inspectorate")
    everyone = system.bearer(*scopes, subject="a-reader")
    async with httpx.AsyncClient(timeout=20, trust_env=False, headers=everyone) as client:
        for replica in system.replicas:
            for path in ("/metrics", "/readyz", "/events?limit=500", "/openapi.json", *READ[replica.name]):
                answer = await client.get(replica.url + path)
                assert answer.status_code == 200, (replica.name, path, answer.text)
                answers.append((replica.name + path, answer.content))
    stream = Listener()
    async with listening(stream, system.of("notifications")[0].url, everyone, after="begin"):
        await eventually(lambda: stream.events, within=30)
    answers.append(("the stream", _as_bytes(stream)))
    return answers


async def test_what_a_person_wrote_or_is_stands_nowhere_but_sealed_where_it_belongs(system: System) -> None:
    public, door = Listener(), system.of("notifications")[1].url
    async with portal(system, HOOK) as city, listening(public, door, {}, path="/feeds/public/stream"):
        tip, receipt = await _tell(system)
        dispute = await _talk(system)
        others = Load(system, system.of("tips"))
        await asyncio.gather(others.run(4), speak(system))
        others.disputes.ended.append(dispute)
        await all_arrive(others, portal=city)
        codes = [receipt, dispute.receipt, dispute.join_code, *dispute.party_codes]
        await eventually(lambda: public.events, within=30)
        posted = b"\n".join(post.body for post in city.receiver.posts)
        told = [("the webhook", posted), ("the public stream", _as_bytes(public))]
        await _nothing_stands_open(system, tip, [*codes, HOOK, city.secret.removeprefix("whsec_")], told)


def _as_bytes(listener: Listener) -> bytes:
    return json.dumps(listener.events, ensure_ascii=False).encode()


async def _nothing_stands_open(
    system: System, tip: str, codes: list[str], told: list[tuple[str, bytes]]
) -> None:
    spelled = [code.replace("-", mark) for code in codes for mark in ("-", "", " ")]
    secret = [*PLANTED.values(), *TALKS.values(), *spelled]

    def both_submissions_were_read() -> bool:
        with system.databases() as client:
            assert client["tips"]["rejected_submissions"].count_documents({}) >= 1
            assert client["tips"]["tips"].count_documents({"channel": "sms"}) >= 1
        return True

    await eventually(both_submissions_were_read, within=30)
    answers = await _answers(system)
    async with httpx.AsyncClient(timeout=20, trust_env=False, headers=system.bearer("tips:read")) as client:
        timeline = await client.get(system.of("tips")[0].url + f"/tips/{tip}/timeline")
        answers.append(("the timeline", timeline.content))
        shown = (await client.get(system.of("tips")[0].url + f"/tips/{tip}")).content
        assert _found_in(shown, [PLANTED["text"]]) == [PLANTED["text"]]
        assert _found_in(shown, [PLANTED[one] for one in ("name", "phone", "email", "zalo")]) == []

    with system.databases() as client_to_flush:
        await asyncio.to_thread(client_to_flush.admin.command, "fsync")
    places = [*told, *answers, *_broker(system), *_documents(system), *_files(system)]
    leaks = {where: found for where, content in places if (found := _found_in(content, secret))}
    assert leaks == {}
