"""Heavy rain is coming: an alert that one person drafts and another sends out."""

import uuid
from datetime import datetime, timedelta

from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.telling import step, told
from deploy.local.demo.watcher import Watcher

_STANDS_FOR = timedelta(hours=3)


def play(doors: Doors, watcher: Watcher, now: datetime) -> None:
    draft = {
        "areas": [AREA],
        "hazard": "flash_flood",
        "category": "met",
        "severity": "severe",
        "urgency": "expected",
        "certainty": "likely",
        "headline": {
            "vi": "Mưa lớn, ngập sâu ở các ngõ ven kênh",
            "en": "Heavy rain, deep water in the lanes along the canal",
        },
        "instruction": {
            "vi": "Kê cao đồ đạc, ngắt điện ổ cắm thấp, không đi qua chỗ nước chảy xiết. Cần giúp: gọi 114.",
            "en": "Put things up high, switch off low sockets, do not cross moving water. For help call 114.",
        },
        "onset": (now + timedelta(minutes=30)).isoformat(),
        "expires_at": (now + _STANDS_FOR).isoformat(),
    }
    author = doors.token("officer-lan", "notices:write notices:approve")
    step("Heavy rain is coming; an officer drafts an alert", "POST notifications /alerts")
    headers = {**author, "Idempotency-Key": str(uuid.uuid4())}
    alert = doors.call("POST", "notifications", "/alerts", headers, body=draft)
    told("notifications", f"{alert['id']} {alert['status']}")

    path = f"/alerts/{alert['id']}/approve"
    step("Nobody sends out a draft of their own", f"POST notifications {path}")
    problem = doors.refusal("notifications", path, author, {})
    told("notifications", f"{problem['status']} {problem['code']}: {problem['detail']}")

    step("A second person reads it and sends it out", f"POST notifications {path}")
    approver = doors.token("ward-chair-mai", "notices:approve")
    alert = doors.call("POST", "notifications", path, approver, body={})
    told("notifications", f"{alert['status']}: {alert['message']['headline']['vi']}")
    watcher.after(alert["id"], "alert.issued")

    step("Anybody may read it, without a token", "GET notifications /alerts?current=true")
    query = {"area": f"{AREA}/tdp-2", "current": True}
    for one in doors.call("GET", "notifications", "/alerts", query=query)["items"][:3]:
        told("public", f"{one['message']['headline']['vi']} (đến {one['message']['expires_at']})")
