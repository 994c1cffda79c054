"""A burglary, reported twice: over Zalo and by telephone, told relative to now."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from deploy.local.demo import gateway
from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.telling import step, told
from deploy.local.demo.watcher import Watcher

_RESIDENTIAL_AREA = f"{AREA}/tdp-4"
_OFFICER = "officer-binh"


class Burglary:
    """Each method is one step; together they are played in order."""

    def __init__(self, doors: Doors, watcher: Watcher, now: datetime) -> None:
        self._doors = doors
        self._watcher = watcher
        self._now = now
        self._gateway = doors.token("zalo-gateway", "tips:submit")
        self._officer = doors.token(_OFFICER, "tips:read tips:handle")
        self._first: dict[str, Any] = {}
        self._second: dict[str, Any] = {}

    def play(self) -> None:
        self._a_resident_reports_over_zalo()
        self._a_neighbour_telephones()
        self._an_officer_reads_and_links()
        self._an_officer_handles()
        self._officer_and_reporter_talk()
        self._the_tip_is_handed_over_and_answered()
        self._a_gateway_without_http_reports()

    def _a_resident_reports_over_zalo(self) -> None:
        report = {
            "channel": "zalo_oa",
            "channel_msg_id": f"zl-{uuid.uuid4().hex[:8]}",
            "category": "theft_burglary",
            "text": "Rạng sáng nay có 2 thanh niên đi xe SH đen bẻ khóa nhà trong hẻm 45 đường Nguyễn Du "
            "lấy xe Wave. Camera nhà tôi có quay được.",
            "area": _RESIDENTIAL_AREA,
            "occurred_at": (self._now - timedelta(hours=2, minutes=55)).isoformat(),
            "occurred_precision": "approx",
            "place": {"text": "hẻm 45 Nguyễn Du"},
            "identity_mode": "protected",
            "reporter": {"zalo": "uid-4821-demo"},
        }
        step("A resident reports a burglary; the Zalo gateway posts it", "POST tips /tips")
        self._first = self._doors.call("POST", "tips", "/tips", self._gateway, body=report)
        told("tips", f"{self._first['id']} {self._first['status']}")
        told("receipt", f"{self._first['receipt_code']} (only its hash is kept)")
        for clock in self._first["clocks"]:
            told("clock", f"{clock['clock']}: due {clock['due_at']}")
        self._watcher.after(self._first["id"], "tip.received")

        step("The gateway sends the same message again", "POST tips /tips")
        again = self._doors.call("POST", "tips", "/tips", self._gateway, body=report)
        same = again["id"] == self._first["id"] and again["receipt_code"] == self._first["receipt_code"]
        told("tips", f"{'the same tip and the same receipt code' if same else 'ANOTHER TIP'}")

    def _a_neighbour_telephones(self) -> None:
        step("A neighbour telephones; the duty officer types it in", "POST tips /tips")
        report = {
            "channel": "phone",
            "category": "theft_burglary",
            "text": "Nhà trong hẻm 45 Nguyễn Du bị bẻ khoá mất xe wave, camera thấy hai thanh niên chạy SH",
            "area": _RESIDENTIAL_AREA,
            "place": {"text": "hẻm 45 Nguyễn Du"},
        }
        headers = {**self._doors.token(_OFFICER, "tips:submit"), "Idempotency-Key": str(uuid.uuid4())}
        self._second = self._doors.call("POST", "tips", "/tips", headers, body=report)
        told("tips", f"{self._second['id']} {self._second['status']}")
        self._watcher.after(self._second["id"], "tip.received")

    def _an_officer_reads_and_links(self) -> None:
        step("The officer looks at what came in", "GET tips /tips")
        query = {"area": AREA, "status": "received", "limit": 5}
        for tip in self._doors.call("GET", "tips", "/tips", self._officer, query=query)["items"]:
            told("tips", f"{tip['id']} {tip['category']} over {tip['channel']} {tip['received_at']}")
        step("Both are one incident", "POST tips /tips/{id}/link-duplicate")
        self._handle(self._second, "link-duplicate", {"duplicate_of": self._first["id"]})
        self._watcher.after(self._second["id"], "tip.duplicate_linked")

    def _an_officer_handles(self) -> None:
        step("It is a report of a crime", "POST tips /tips/{id}/classify")
        self._handle(self._first, "classify", {"classification": "crime_report", "harm": "completed"})
        self._watcher.after(self._first["id"], "tip.classified")
        step("An officer takes it", "POST tips /tips/{id}/assign")
        self._handle(self._first, "assign", {"to": _OFFICER})
        self._watcher.after(self._first["id"], "tip.assigned")

    def _officer_and_reporter_talk(self) -> None:
        step("The officer asks the reporter", "POST tips /tips/{id}/messages")
        question = {"text": "Camera nhà bạn ghi được biển số xe không?"}
        self._handle(self._first, "messages", question)
        self._watcher.after(self._first["id"], "tip.message_posted")
        step(
            "The reporter reads it with the receipt code and answers",
            "GET /reporter/tip, POST /reporter/messages",
        )
        self._show_reporter()
        answer = {"text": "Có, hai số cuối là 27. Tôi gửi đoạn phim khi công an đến."}
        self._doors.call("POST", "tips", "/reporter/messages", self._receipt(), body=answer)
        self._watcher.after(self._first["id"], "tip.message_posted")

    def _the_tip_is_handed_over_and_answered(self) -> None:
        step("The investigation agency takes it over", "POST tips /tips/{id}/handover")
        handover = {"authority": "investigation_agency", "receipt_no": f"GN-118/{self._now.year}"}
        self._handle(self._first, "handover", handover)
        self._watcher.after(self._first["id"], "tip.handed_over")
        step("The officer replies", "POST tips /tips/{id}/reply")
        reply = {"text": "Tin của bạn đã được chuyển cơ quan điều tra. Cảm ơn bạn đã báo tin."}
        self._handle(self._first, "reply", reply)
        self._watcher.after(self._first["id"], "tip.replied")
        step("The reporter reads the reply and rates it", "GET /reporter/tip, POST /reporter/rating")
        self._show_reporter()
        self._doors.call("POST", "tips", "/reporter/rating", self._receipt(), body={"rating": 5})
        self._watcher.after(self._first["id"], "tip.rated")

    def _a_gateway_without_http_reports(self) -> None:
        step("An SMS gateway sends an encrypted report", f"Kafka {gateway.TOPIC}")
        report = {
            "channel": "sms",
            "category": "noise",
            "text": "Loa kẹo kéo hát đến 23 giờ.",
            "area": _RESIDENTIAL_AREA,
        }
        (key, *_) = self._doors.call("GET", "tips", "/.well-known/jwks.json")["keys"]
        gateway.submit(report, key)
        self._watcher.after(None, "tip.received")

    def _handle(self, tip: dict[str, Any], action: str, body: dict[str, Any]) -> None:
        answer = self._doors.call("POST", "tips", f"/tips/{tip['id']}/{action}", self._officer, body=body)
        if "status" in answer:
            told("tips", f"{answer['status']}, version {answer['version']}")

    def _show_reporter(self) -> None:
        seen = self._doors.call("GET", "tips", "/reporter/tip", self._receipt())
        told("reporter", seen["status_text"]["vi"])
        for message in seen["messages"]:
            told(message["author"], message["text"])
        if seen["reply"]:
            told("reply", seen["reply"])

    def _receipt(self) -> dict[str, str]:
        return {"Authorization": f"Receipt {self._first['receipt_code']}"}
