"""What people and integrations do, each request written down when it was accepted."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.chaos.caller import NOT_SENT, Answered, Caller
from tests.chaos.ledger import Ledger
from tests.chaos.submissions import Submissions
from tests.support.disputes import Talks, found_team
from tests.support.load import attest, issue_alert
from tests.support.persistent import Persistent
from tests.support.system import AREA, Replica, System, report

_ONE_FAILS_OF = 3
_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("classify", {"classification": "information"}),
    ("assign", {"to": "officer-2"}),
    ("resolve", {}),
)
_BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=60)
_marks = itertools.count()


def next_mark() -> str:
    """A time of an incident that no other report of this run has."""
    return (_BEGAN + timedelta(seconds=next(_marks))).isoformat()


@dataclass
class Recorded(Persistent):
    """Every answer 2xx is written down, and every request that was cut is told to `caller`."""

    ledger: Ledger = field(kw_only=True)
    caller: Caller = field(kw_only=True)

    async def post(self, service: str, path: str, *given: Any, **named: Any) -> httpx.Response:
        answer = await super().post(service, path, *given, **named)
        if answer.is_success:
            told = answer.json()
            self.ledger.accept("call", str(told.get("id") or told.get("case_id") or ""), at_path=path)
        return answer

    async def _once(
        self, door: Replica, path: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> httpx.Response | None:
        try:
            answer = await self.client.post(door.url + path, headers=dict(headers), json=dict(body))
        except NOT_SENT:
            return None
        except httpx.HTTPError as error:
            self.caller.cut.append(f"{door.child.name} {path}: {type(error).__name__}")
            return None
        if answer.status_code >= 500:
            self.caller.refused[answer.status_code] += 1
        return answer


@dataclass
class Journeys:
    """Each method is one journey from its beginning to its end."""

    system: System
    ledger: Ledger
    caller: Caller
    submissions: Submissions
    _officer: dict[str, str] = field(init=False)
    _head: dict[str, str] = field(init=False)
    _disputes: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._officer = self.system.bearer("tips:read", "tips:handle")
        self._head = self.system.bearer("mediation:head", subject="head-1")

    async def tip(self) -> None:
        """Reported, classified, assigned, resolved."""
        key, mark = str(uuid4()), next_mark()
        self.ledger.ask("tip", key, mark=mark)
        answer = await self.caller.post("tips", "/tips", report(occurred_at=mark), {"Idempotency-Key": key})
        if not self._accepted(answer, "POST /tips"):
            return
        tip = answer.body["id"]
        self.ledger.accept("tip", tip, mark=mark)
        version = 1
        for call, body in _STEPS:
            # Who insists on a version may repeat without fear: a repeat of what was done meets another one.
            headers = {**self._officer, "If-Match": f'"{version}"'}
            answer = await self.caller.post("tips", f"/tips/{tip}/{call}", body, headers)
            version += 1
            if answer.status == 412 and answer.lost:
                continue  # the answer that was lost had been a yes
            if not self._accepted(answer, call):
                return
            self.ledger.accept("transition", tip, call=call, version=answer.body["version"])

    async def submission(self) -> None:
        """A sealed report over Kafka; accepted when the broker acknowledges it."""
        await self.submissions.send(next_mark())

    async def case(self) -> None:
        """A party's request, found in scope."""
        key = str(uuid4())
        self.ledger.ask("case", key)
        body = {"area": AREA, "dispute_type": "noise", "ground": "party_request"}
        answer = await self.caller.post("mediation", "/cases", body, {**self._head, "Idempotency-Key": key})
        if not self._accepted(answer, "POST /cases"):
            return
        case = answer.body["id"]
        self.ledger.accept("case", case)
        headers = {**self._head, "If-Match": f'"{answer.body["version"]}"'}
        answer = await self.caller.post(
            "mediation", f"/cases/{case}/scope-check", {"decision": "in"}, headers
        )
        if answer.status == 412 and answer.lost:
            return
        if self._accepted(answer, "scope-check"):
            self.ledger.accept("transition", case, call="scope-check", version=answer.body["version"])

    async def dispute(self) -> None:
        """From the report over the talks to the tip's reply; every third ends without an agreement."""
        settled = next(self._disputes) % _ONE_FAILS_OF != _ONE_FAILS_OF - 1
        self.ledger.ask("dispute", "")
        calls = self.calls()
        ended = await Talks(calls, await found_team(calls)).play(settled=settled)
        self.ledger.note("dispute", ended.tip, case=ended.case, settled=settled)

    async def alert(self) -> None:
        self.ledger.ask("alert", "")
        await issue_alert(self.calls())

    async def statistic(self) -> None:
        self.ledger.ask("statistic", "")
        await attest(self.calls())

    def calls(self) -> Recorded:
        """A caller that does not give up, for people who do one thing after another."""
        return Recorded(
            self.system, self.caller.client, self.caller.doors, ledger=self.ledger, caller=self.caller
        )

    def _accepted(self, answer: Answered, what: str) -> bool:
        """Raises AssertionError for an answer that no outage explains."""
        assert answer.ok or answer.status == 0, f"{what}: {answer.status} {dict(answer.body)}"
        return answer.ok
