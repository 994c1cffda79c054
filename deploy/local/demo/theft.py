"""Scenario 1: a motorbike is stolen at night; a neighbour writes by Zalo, another one phones."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from confluent_kafka import Producer
from joserfc import jwe
from joserfc.jwk import ECKey

from deploy.local.demo.stage import GROUP_FOUR, DemoFailed, Json, Stage, moment
from deploy.local.services import port_from

_COUNTED = ("tip.received", "incident.reported", "tip.handed_over")


def play(stage: Stage) -> None:
    """From the first message to the rating, with a look at what every service made of each step."""
    before = stage.indicators(*_COUNTED)
    first = _by_zalo(stage)
    second = _by_phone(stage)
    _duplicate(stage, second, first["id"])
    _handled(stage, first)
    _by_kafka(stage)
    stage.tell(
        "Phân tích đếm lại · analytics recounts from facts: three tips, two incidents, one handed over"
    )
    stage.counted(before, tip__received=3, incident__reported=2, tip__handed_over=1)


def _by_zalo(stage: Stage) -> Json:
    now = datetime.now(UTC)
    gateway = stage.person("cổng Zalo", "tips:submit")
    report = {
        "channel": "zalo_oa",
        "channel_msg_id": f"zl-{secrets.token_hex(6)}",
        "text": "Khoảng 2h15 sáng nay có 2 thanh niên đi xe SH đen bẻ khóa một nhà trong hẻm lấy xe Wave. "
        "Camera nhà tôi có quay được.",
        "category": "theft_burglary",
        "area": GROUP_FOUR,
        "occurred_at": moment(now - timedelta(hours=3)),
        "occurred_precision": "approx",
        "place": {"text": "hẻm 45 Nguyễn Du"},
        "identity_mode": "protected",
        "reporter": {"name": "Người báo tin giả định", "zalo": "zalo:demo"},
        "attachments": [{"kind": "video", "sha256": secrets.token_hex(32), "bytes": 8_123_456}],
    }
    stage.tell("Tin báo qua Zalo · a neighbour's message comes in through the Zalo gateway")
    accepted = stage.call(gateway, "POST", "/tips", report)
    stage.console.print(f"    mã biên nhận · receipt  [bold]{accepted['receipt_code']}[/]")
    for clock in accepted["clocks"]:
        stage.console.print(f"    đồng hồ · clock  {clock['clock']}  due {clock['due_at']}")
    stage.published("tip.received")
    stage.tell(
        "Cổng gửi lại vì mất trả lời · the gateway lost the answer and sends again: same tip, same receipt"
    )
    again = stage.call(gateway, "POST", "/tips", report)
    if (again["id"], again["receipt_code"]) != (accepted["id"], accepted["receipt_code"]):
        raise DemoFailed("The repeated message made another tip.")
    return accepted


def _by_phone(stage: Stage) -> Json:
    stage.tell("Một người khác gọi điện · somebody else phones the duty desk about the same theft")
    desk = stage.person("trực ban", "tips:submit", "tips:read", "tips:handle")
    accepted = stage.call(
        desk,
        "POST",
        "/tips",
        {
            "channel": "phone",
            "text": "Nhà hàng xóm bị bẻ khóa mất xe Wave hồi 2 giờ sáng, camera thấy hai thanh niên chạy SH.",
            "category": "theft_burglary",
            "area": GROUP_FOUR,
            "place": {"text": "hẻm 45 Nguyễn Du"},
        },
        Idempotency_Key=str(uuid4()),
    )
    stage.published("tip.received")
    return accepted


def _duplicate(stage: Stage, second: Json, first_id: str) -> None:
    stage.tell("Cán bộ nối tin trùng · an officer links the two: one incident, two tips, both get a reply")
    officer = stage.person("trực ban", "tips:read", "tips:handle")
    stage.call(officer, "POST", f"/tips/{second['id']}/link-duplicate", {"duplicate_of": first_id})
    stage.published("tip.duplicate_linked")


def _handled(stage: Stage, accepted: Json) -> None:
    officer = stage.person("trực ban", "tips:read", "tips:handle")
    beat = stage.person("cảnh sát khu vực", "tips:read", "tips:handle")
    reporter = stage.reporter(accepted["receipt_code"])
    tip = f"/tips/{accepted['id']}"

    stage.tell("Phân loại, phân công, đến hiện trường · classified, assigned, attended")
    stage.call(officer, "POST", f"{tip}/classify", {"classification": "crime_report", "harm": "completed"})
    stage.call(officer, "POST", f"{tip}/assign", {"to": "cảnh-sát-khu-vực"})
    stage.call(beat, "POST", f"{tip}/attend", {})
    stage.published("tip.classified", "tip.assigned", "tip.attended")

    stage.tell("Hỏi lại, trả lời không lộ danh tính · a question, and an answer by receipt code")
    stage.call(
        beat, "POST", f"{tip}/messages", {"text": "Camera nhìn về phía nào, anh chị còn giữ đoạn phim không?"}
    )
    stage.call(reporter, "POST", "/reporter/messages", {"text": "Nhìn ra đầu hẻm, tôi còn giữ."})
    stage.published("tip.message_posted")

    stage.tell("Chuyển cơ quan điều tra và trả lời · handed over, the reporter gets a reply and rates it")
    stage.call(
        officer, "POST", f"{tip}/handover", {"authority": "investigation_agency", "receipt_no": "GN-118/2026"}
    )
    stage.call(
        officer, "POST", f"{tip}/reply", {"text": "Tin đã chuyển cơ quan điều tra, số GN-118/2026. Cảm ơn."}
    )
    seen = stage.call(reporter, "GET", "/reporter/tip")
    stage.console.print(f"    {seen['status_text']['vi']}  [dim]{seen['status_text']['en']}[/]")
    stage.call(reporter, "POST", "/reporter/rating", {"rating": 5})
    stage.published("tip.handed_over", "tip.replied", "tip.rated")


def _by_kafka(stage: Stage) -> None:
    """A gateway without HTTP: the report travels as a JWE, so that the broker reads nothing personal."""
    stage.tell("Tin mã hóa qua Kafka · a gateway writes an encrypted report to tips.submission.v1")
    gateway = stage.person("cổng SMS")
    (key, *_) = stage.call(gateway, "GET", "/.well-known/jwks.json")["keys"]
    report = {"category": "noise", "text": "Loa kẹo kéo sau 23 giờ.", "area": GROUP_FOUR, "channel": "sms"}
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"]}
    sealed = jwe.encrypt_compact(header, json.dumps(report).encode(), ECKey.import_key(key))
    id = str(uuid4())
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_type": "liengia.tip.submitted.v1",
        "ce_source": "/integrations/demo-sms",
        "ce_time": moment(datetime.now(UTC)),
        "content-type": "application/jose",
    }
    producer = Producer(
        {"bootstrap.servers": f"127.0.0.1:{port_from('LIENGIA_PORT_KAFKA', 9092)}", "acks": "all"}
    )
    producer.produce(
        "tips.submission.v1",
        key=id,
        value=sealed,
        headers=[(name, value.encode()) for name, value in attributes.items()],
    )
    if producer.flush(15):
        raise DemoFailed("Kafka did not take the encrypted report within 15 s.")
    stage.published("tip.received")
