"""Two neighbours quarrel about a fence: from the report to mediation, told relative to now."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.telling import step, told
from deploy.local.demo.watcher import Watcher

_OFFICER = "officer-binh"
_IN_SCOPE = {
    "state_or_public_interest": False,
    "must_be_prosecuted": False,
    "must_be_sanctioned": False,
    "barred_by_law": False,
}


class Dispute:
    """Each method is one step; together they are played in order."""

    def __init__(self, doors: Doors, watcher: Watcher, now: datetime) -> None:
        self._doors = doors
        self._watcher = watcher
        self._now = now
        self._officer = doors.token(_OFFICER, "tips:read tips:handle")
        self._tip: dict[str, Any] = {}

    @property
    def tip_id(self) -> str:
        return str(self._tip["id"])

    def play_until_referred(self) -> str:
        """The join code that the reporter finds."""
        self._a_neighbour_telephones()
        self._the_officer_finds_a_dispute()
        self._a_hasty_referral_is_refused()
        self._it_is_referred()
        return self._the_reporter_finds_a_code()

    def the_reporter_reads_the_answer(self) -> None:
        step("The reporter reads the answer; the code is gone", "GET tips /reporter/tip")
        seen = self._seen_by_reporter()
        told("reporter", seen["status_text"]["vi"])
        for line in seen["reply"].splitlines():
            if line:
                told("reply", line)
        told("join code", seen["mediation"] or "none any more")
        told("tips", f"may be contested until {seen['may_contest_until']}")

    def _a_neighbour_telephones(self) -> None:
        report = {
            "channel": "phone",
            "category": "neighbour_dispute",
            "text": "Hai nhà số 8 và số 10 ngõ 3 cãi nhau vì xây lấn 20 cm tường rào, "
            "tối mở loa kẹo kéo trả đũa.",
            "area": f"{AREA}/tdp-2",
            "occurred_at": (self._now - timedelta(hours=1)).isoformat(),
            "occurred_precision": "approx",
            "reporter": {"phone": "0900000010"},
        }
        headers = {**self._doors.token(_OFFICER, "tips:submit"), "Idempotency-Key": str(uuid.uuid4())}
        step("Two neighbours quarrel about a fence; one of them telephones", "POST tips /tips")
        self._tip = self._doors.call("POST", "tips", "/tips", headers, body=report)
        told("tips", f"{self._tip['id']} {self._tip['status']}")
        self._watcher.after(self._tip["id"], "tip.received")

    def _the_officer_finds_a_dispute(self) -> None:
        step("No crime: a dispute about a boundary", "POST tips /tips/{id}/classify")
        self._handle("classify", {"classification": "dispute", "dispute_type": "boundary"})
        self._watcher.after(self._tip["id"], "tip.classified")

    def _a_hasty_referral_is_refused(self) -> None:
        step("A referral that a law stands against is refused", "POST tips /tips/{id}/refer-to-mediation")
        body = {"scope": {**_IN_SCOPE, "must_be_sanctioned": True}, "reporter_is_party": False}
        problem = self._doors.refusal(
            "tips", f"/tips/{self._tip['id']}/refer-to-mediation", self._officer, body
        )
        told("tips", f"{problem['status']} {problem['code']}: {problem['errors'][0]['message']}")

    def _it_is_referred(self) -> None:
        step(
            "Both may settle it; the reporter agreed by telephone", "POST tips /tips/{id}/refer-to-mediation"
        )
        consent = {"how": "phone", "at": datetime.now(self._now.tzinfo).isoformat()}
        body = {"scope": _IN_SCOPE, "reporter_is_party": True, "consent": consent}
        self._handle("refer-to-mediation", body)
        self._watcher.after(self._tip["id"], "tip.referred_to_mediation")

    def _the_reporter_finds_a_code(self) -> str:
        step("The reporter finds a code with which to join, once", "GET tips /reporter/tip")
        seen = self._seen_by_reporter()
        told("reporter", seen["status_text"]["vi"])
        told("join code", f"{seen['mediation']['join_code']} (only its hash left tips)")
        told("", seen["mediation"]["what_for"]["vi"])
        for clock in seen["clocks"]:
            if clock["clock"] in ("handover", "decide"):
                told("clock", f"{clock['clock']}: {clock['state']}. {clock['why']['vi']}")
        return str(seen["mediation"]["join_code"])

    def _handle(self, action: str, body: dict[str, Any]) -> None:
        path = f"/tips/{self._tip['id']}/{action}"
        answer = self._doors.call("POST", "tips", path, self._officer, body=body)
        told("tips", f"{answer['status']}, version {answer['version']}")

    def _seen_by_reporter(self) -> dict[str, Any]:
        receipt = {"Authorization": f"Receipt {self._tip['receipt_code']}"}
        seen: dict[str, Any] = self._doors.call("GET", "tips", "/reporter/tip", receipt)
        return seen
