"""The neighbours talk: a case of mediation from the referral to an agreement that is kept."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.telling import step, told
from deploy.local.demo.watcher import Watcher

_TEAM = {"area": f"{AREA}/tdp-2", "name": "Tổ hòa giải tổ dân phố 2"}
_OTHER_PARTY = "Trần Văn Bách"
# hgv-02 is a relative of the other party; hgv-05 will mediate.
_MEDIATORS = (
    {"subject": "hgv-02", "name": "Trần Thị Nga", "woman": True, "elected_share": 0.82}
    | {"interests": [{"relation": "relative", "person": _OTHER_PARTY}]},
    {"subject": "hgv-05", "name": "Lê Văn Hòa", "woman": False, "elected_share": 0.91},
    {"subject": "hgv-07", "name": "Phạm Thị Mai", "woman": True, "elected_share": 0.77},
)
_INTERESTED, _CHOSEN = 1, 2


class Talks:
    """Each method is one step; together they are played in order."""

    def __init__(self, doors: Doors, watcher: Watcher, now: datetime) -> None:
        self._doors = doors
        self._watcher = watcher
        self._now = now
        self._head = doors.token("to-truong-hoa-giai", "mediation:head")
        self._mediator = doors.token("hgv-05", "mediation:handle")
        self._case = ""
        self._team = ""

    def play(self, tip_id: str, join_code: str) -> None:
        self._a_team_is_there()
        self._the_referral_opens_a_case(tip_id)
        self._the_reporter_joins(join_code)
        self._the_team_head_asks_the_other_side()
        self._who_is_related_may_not_mediate()
        self._they_meet(tip_id)
        self._the_agreement_is_kept()

    def _a_team_is_there(self) -> None:
        step("The residential area has a team of three", "POST mediation /teams, /teams/{id}/mediators")
        # The keys are the same in every demo, so that a second one finds the team of the first.
        team = self._post("/teams", self._head, _TEAM, key="demo-team")
        self._team = team["id"]
        for mediator in _MEDIATORS:
            path = f"/teams/{self._team}/mediators"
            team = self._post(path, self._head, mediator, key=f"demo-{mediator['subject']}")
        lacks = ", ".join(team["lacks"]) or "nothing that the rules ask for"
        told("mediation", f"{team['name']}: {len(team['mediators'])} mediators, lacks {lacks}")

    def _the_referral_opens_a_case(self, tip_id: str) -> None:
        step("The referral has opened a case, and no word of the report with it", "GET mediation /cases/{id}")
        requested = self._watcher.after(tip_id, "mediation.requested")
        self._case = requested["subject"]
        case = self._doors.call("GET", "mediation", f"/cases/{self._case}", self._head)
        told("mediation", f"{case['id']} {case['state']}, {case['dispute_type']}, by {case['ground']}")

    def _the_reporter_joins(self, join_code: str) -> None:
        step("The reporter joins with the code, and tells what they choose", "POST mediation /join")
        told_by_reporter = {
            "code": join_code.lower(),
            "name": "Nguyễn Văn An",
            "statement": "Tường rào nhà số 10 lấn sang 20 cm.",
        }
        joined = self._post("/join", {}, told_by_reporter)
        told("mediation", f"party 1, with a code of their own: {joined['code']}")
        reporter = {"Authorization": f"Receipt {joined['code']}"}

        step(
            "The team's head finds it in scope; the reporter agrees to talk", "POST mediation /party/consent"
        )
        self._act("scope-check", self._head, {"decision": "in"})
        self._watcher.after(self._case, "mediation.scope_decided")
        seen = self._post("/party/consent", reporter, {"agrees": True})
        told("reporter", seen["state_text"]["vi"])

    def _the_team_head_asks_the_other_side(self) -> None:
        step(
            "The head visits the other side, who agrees too", "POST mediation /cases/{id}/parties, /consents"
        )
        party = self._post(f"/cases/{self._case}/parties", self._head, {"name": _OTHER_PARTY})
        self._act("consents", self._head, {"party": party["party"], "agrees": True})
        self._watcher.after(self._case, "mediation.accepted")

    def _who_is_related_may_not_mediate(self) -> None:
        path = f"/cases/{self._case}/assignments"
        step("A relative of one side may not mediate", "POST mediation /cases/{id}/assignments")
        related = {"team_id": self._team, "mediator": _INTERESTED}
        problem = self._doors.refusal("mediation", path, self._head, related)
        told("mediation", f"{problem['status']} {problem['code']}: {problem['detail']}")
        step("Another one is named, to begin within three days", "POST mediation /cases/{id}/assignments")
        self._act("assignments", self._head, {"team_id": self._team, "mediator": _CHOSEN})
        assigned = self._watcher.after(self._case, "mediation.assigned")
        told("mediation", f"to begin by {assigned['data']['start_by']}")

    def _they_meet(self, tip_id: str) -> None:
        step("They meet in the house of culture", "POST mediation /cases/{id}/sessions")
        held_at = (datetime.now(self._now.tzinfo) - timedelta(milliseconds=200)).isoformat()
        session = {"held_at": held_at, "attended": [1, 2], "place": "Nhà văn hóa TDP 2"}
        self._act("sessions", self._mediator, session)
        self._watcher.after(self._case, "mediation.session_held")

        step("They agree, and tips closes the loop by itself", "POST mediation /cases/{id}/outcome")
        terms = [
            {"text": "Nhà số 10 dời tường rào theo mốc đo", "owners": [2], "due": self._in_a_month()},
            {"text": "Hai bên không mở loa sau 22 giờ", "owners": [1, 2]},
        ]
        self._act("outcome", self._mediator, {"outcome": "successful", "terms": terms})
        concluded = self._watcher.after(self._case, "mediation.concluded")
        told("left mediation", ", ".join(sorted(concluded["data"])))
        self._watcher.after(tip_id, "tip.resolved", "tip.replied")

    def _the_agreement_is_kept(self) -> None:
        step("The mediator looks again: both terms are kept", "POST mediation /cases/{id}/follow-ups")
        judged = [{"term": number, "judgement": "performed"} for number in (1, 2)]
        self._act("follow-ups", self._mediator, {"terms": judged})
        self._watcher.after(self._case, "mediation.agreement_performed", "mediation.closed")

    def _in_a_month(self) -> str:
        return (self._now + timedelta(days=30)).date().isoformat()

    def _act(self, action: str, by: dict[str, str], body: dict[str, Any]) -> None:
        case = self._doors.call("POST", "mediation", f"/cases/{self._case}/{action}", by, body=body)
        told("mediation", f"{case['state']}")

    def _post(self, path: str, by: dict[str, str], body: dict[str, Any], *, key: str | None = None) -> Any:
        headers = {**by, "Idempotency-Key": key or str(uuid.uuid4())}
        return self._doors.call("POST", "mediation", path, headers, body=body)
