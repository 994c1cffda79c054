"""Files come in by either side: sealed as they came, shown without what they say of their maker."""

import hashlib
import io
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import av
import bson
import httpx
import pypdfium2
from PIL import Image

from services.tips.evidence.store import EvidenceStore
from services.tips.tip.domain.rules import LIMITS
from tests.component.tips.conftest import Desk, fresh_key
from tests.support import media
from tests.support.media import PLANTED


def code_of(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Receipt {made['receipt_code']}"}


async def attach(desk: Desk, made: dict[str, Any], file: bytes, **headers: str) -> httpx.Response:
    sent = {**code_of(made), "Content-Type": "application/octet-stream", **headers}
    return await desk.http.post("/reporter/attachments", content=file, headers=sent)


async def see(desk: Desk, tip: str, path: str, by: Any = None) -> httpx.Response:
    return await desk.http.get(f"/tips/{tip}/evidence/{path}", headers=by or desk.officer())


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


TAKEN = {
    "jpeg": (media.photo("JPEG"), "photo", "image/jpeg"),
    "png": (media.photo("PNG"), "photo", "image/png"),
    "webp": (media.photo("WEBP"), "photo", "image/jpeg"),
    "pdf": (media.document(2), "document", "application/pdf"),
    "mp4": (media.film("mp4"), "video", "video/mp4"),
    "mov": (media.film("mov"), "video", "video/mp4"),
    "webm": (media.film("webm", "libvpx"), "video", "video/x-matroska"),
    "mp3": (media.sound("mp3"), "audio", "audio/mpeg"),
    "opus": (media.sound("ogg", "libopus"), "audio", "audio/ogg"),
    "wav": (media.sound("wav", "pcm_s16le"), "audio", "audio/wav"),
    "m4a": (media.sound("ipod", "aac"), "audio", "audio/mp4"),
}


async def test_what_officers_see_opens_and_says_nothing_of_its_maker(desk: Desk) -> None:
    for name, (file, kind, media_type) in TAKEN.items():
        made = await desk.received()
        added = await attach(desk, made, file)
        assert (added.status_code, added.json()["kind"]) == (201, kind), (name, added.text)
        seen = await see(desk, made["id"], "1")
        assert (seen.status_code, seen.headers["content-type"]) == (200, media_type), name
        assert len(seen.content) == added.json()["size"], name
        assert PLANTED.encode() in file, name
        for said in (PLANTED, PLANTED.lower(), "10.7712"):
            assert said.encode() not in seen.content, (name, said)
        assert opens(seen.content, media_type), name


def opens(file: bytes, media_type: str) -> bool:
    if media_type.startswith("image/"):
        with Image.open(io.BytesIO(file)) as image:
            return image.size == (64, 48) and not image.getexif() and "comment" not in image.info
    if media_type == "application/pdf":
        return len(pypdfium2.PdfDocument(file)) == 2
    with av.open(io.BytesIO(file), "r") as recording:
        return any(recording.decode(recording.streams[0]))


async def test_the_original_is_kept_as_it_came_for_a_supervisor(desk: Desk) -> None:
    made, file = await desk.received(), media.large_photo()
    assert len(file) > desk.settings.body_limit, "it comes in more than one piece, by a limit of its own"
    await attach(desk, made, file)
    handler = desk.officer("tips:read", "tips:handle")
    assert refusal(await see(desk, made["id"], "1/original", handler)) == (403, "forbidden")
    original = await see(desk, made["id"], "1/original")
    assert original.content == file
    assert original.headers["content-disposition"] == "attachment"
    listed = (await desk.http.get(f"/tips/{made['id']}", headers=handler)).json()["evidence"]
    assert listed[0]["sha256"] == hashlib.sha256(file).hexdigest()
    assert listed[0]["original_kept"] is True


async def test_of_what_an_anonymous_reporter_sends_no_original_is_kept(desk: Desk) -> None:
    made = await desk.received(identity_mode="anonymous")
    await attach(desk, made, media.photo())
    assert (await see(desk, made["id"], "1")).status_code == 200
    assert refusal(await see(desk, made["id"], "1/original")) == (404, "not_found")
    async with desk.database() as database:
        assert await database["evidence_files"].count_documents({}) == 1


async def test_who_withdraws_their_identity_takes_the_originals_along(desk: Desk) -> None:
    made = await desk.received(reporter={"phone": "0912345678"})
    await attach(desk, made, media.photo())
    await desk.http.post("/reporter/withdraw-identity", headers=code_of(made))
    assert refusal(await see(desk, made["id"], "1/original")) == (404, "not_found")
    assert (await see(desk, made["id"], "1")).status_code == 200
    assert await swept(desk) == 1
    assert (await see(desk, made["id"], "1")).status_code == 200


async def swept(desk: Desk) -> int:
    async with desk.database() as database:
        return await EvidenceStore(database).sweep(desk.clock.now() + timedelta(hours=2))


async def test_nothing_of_a_file_lies_readable_in_the_database(desk: Desk) -> None:
    made, file = await desk.received(), media.photo()
    await attach(desk, made, file)
    stored = b""
    async with desk.database() as database:
        for name in await database.list_collection_names():
            stored += b"".join([bson.encode(document) async for document in database[name].find()])
    for planted in (PLANTED.encode(), file[100:160], hashlib.sha256(file).hexdigest().encode()):
        assert planted not in stored


async def test_every_look_is_in_the_chain_of_custody(desk: Desk) -> None:
    made = await desk.received()
    await attach(desk, made, media.photo())
    await see(desk, made["id"], "1")
    await see(desk, made["id"], "1/original", desk.officer(sub="officer-7"))
    chain = (await see(desk, made["id"], "1/custody")).json()
    assert [(item["actor"], item["what"], item["which"]) for item in chain["items"]] == [
        ("reporter", "information_added", None),
        ("officer:officer-1", "evidence_seen", "copy"),
        ("officer:officer-7", "evidence_seen", "original"),
    ]
    (told,) = [event for event in await desk.events(made["id"]) if "information_added" in event["type"]]
    assert (told["data"]["author"], told["data"]["items"]) == ("reporter", 1)


async def test_an_officer_adds_a_file_and_the_reporter_is_not_shown_it(desk: Desk) -> None:
    made = await desk.received()
    answer = await desk.http.post(
        f"/tips/{made['id']}/evidence", content=media.document(), headers=desk.officer()
    )
    assert (answer.status_code, answer.json()["kind"]) == (201, "document")
    await attach(desk, made, media.photo())
    own = (await desk.http.get("/reporter/tip", headers=code_of(made))).json()["evidence"]
    assert [(file["number"], file["kind"]) for file in own] == [(2, "photo")]


HOSTILE = {
    "program": (b"MZ" + b"\0" * 500, "unsupported_file"),
    "drawing with a script": (b"<svg onload=alert(1)></svg>", "unsupported_file"),
    "archive": (b"PK\x03\x04" + b"\0" * 500, "unsupported_file"),
    "playlist that names our files": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported_file"),
    "half a photo": (media.photo()[:300], "file_not_clean"),
    "half a document": (media.document()[:400], "file_not_clean"),
    "half a film": (media.film()[:200], "file_not_clean"),
    "noise": (b"\xff\xd8\xff\xe0" + b"A" * 5000, "file_not_clean"),
    "picture bomb": (media.picture_bomb(), "file_not_clean"),
    "endless document": (media.long_document(), "file_not_clean"),
    "nothing": (b"", "empty_file"),
}


async def test_what_cannot_be_cleaned_is_refused_in_words_and_leaves_nothing(desk: Desk) -> None:
    made = await desk.received()
    for name, (file, code) in HOSTILE.items():
        answer = await attach(desk, made, file)
        assert refusal(answer) == (422, code), name
        assert len(answer.json()["detail"]) > 20, name
    async with desk.database() as database:
        assert await database["evidence_files"].count_documents({}) == 0
        assert await database["evidence_pieces"].count_documents({}) == 0
    assert len((await desk.document(made["id"]))["timeline"]) == 1


async def test_what_is_hidden_behind_a_picture_does_not_reach_an_officer(desk: Desk) -> None:
    made = await desk.received()
    polyglot = media.photo() + b"PK\x03\x04PLANTED-ARCHIVE<script>alert(1)</script>"
    assert (await attach(desk, made, polyglot)).status_code == 201
    seen = await see(desk, made["id"], "1")
    assert b"PLANTED" not in seen.content
    assert b"<script>" not in seen.content
    assert seen.headers["x-content-type-options"] == "nosniff"


async def test_a_file_sent_twice_under_one_key_is_one_file(desk: Desk) -> None:
    made, key = await desk.received(), fresh_key()
    first, again = [await attach(desk, made, media.photo(), **key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await attach(desk, made, media.document(), **key)
    assert refusal(other) == (409, "idempotency_mismatch")
    async with desk.database() as database:
        assert await database["evidence_files"].count_documents({}) == 2


async def test_a_file_over_the_limit_is_refused_before_it_is_read(desk: Desk) -> None:
    made = await desk.received()
    announced = {"Content-Length": str(LIMITS.file_bytes + 1)}
    answer = await attach(desk, made, media.photo(), **announced)
    assert refusal(answer) == (413, "payload_too_large")


async def test_a_large_file_passes_through_without_being_held_in_memory(desk: Desk) -> None:
    made, size = await desk.received(), 64 * 1024 * 1024

    async def recording() -> AsyncIterator[bytes]:
        yield media.wave_header(size)
        for _ in range(size // 65_536):
            yield bytes(65_536)

    tracemalloc.start()
    try:
        sent = await desk.http.post("/reporter/attachments", content=recording(), headers=code_of(made))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (sent.status_code, sent.json()["kind"]) == (201, "audio"), sent.text
    assert sent.json()["size"] >= size
    assert peak < size / 4


async def test_an_unknown_code_adds_nothing(desk: Desk) -> None:
    answer = await attach(desk, {"receipt_code": "khong-co-ma-nay"}, media.photo())
    assert refusal(answer) == (401, "receipt_unknown")


async def test_an_erased_tips_evidence_opens_nowhere_and_is_swept_away(desk: Desk) -> None:
    made = await desk.received()
    await attach(desk, made, media.photo())
    assert await swept(desk) == 0
    await desk.walk(
        made["id"],
        ("classify", {"classification": "information"}),
        ("resolve", {}),
        ("reply", {"text": "Xong."}),
        ("close", {}),
        ("erase", {"asked": "in_writing"}),
    )
    assert refusal(await see(desk, made["id"], "1")) == (404, "not_found")
    assert refusal(await attach(desk, made, media.photo())) == (409, "illegal_transition")
    desk.clock.ahead += timedelta(hours=3)
    assert await swept(desk) == 2
    async with desk.database() as database:
        assert await database["evidence_pieces"].count_documents({}) == 0
