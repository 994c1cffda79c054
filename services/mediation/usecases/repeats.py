"""A call under an Idempotency-Key is carried out once: the case remembers the key's mark and the body's
fingerprint until it is erased.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.mediation.domain.deadlines import next_due
from services.mediation.domain.state import Case, Done
from services.mediation.usecases import identifiers
from services.mediation.usecases.access import Command
from services.mediation.usecases.bench import Bench
from shared.decision import Decision
from shared.identifiers import Origin, fingerprint, refuse_another_body, seed_of

Decide = Callable[[Case, datetime], Decision[Case]]


@dataclass(frozen=True, slots=True)
class Once:
    """What tells the call again."""

    mark: str
    body: str

    def first(self, case: Case) -> Done | None:
        return next((one for one in case.done if one.mark == self.mark), None)

    def wrap(self, bench: Bench, decide: Decide) -> Decide:
        """`decide`, or nothing for a repeat. Raises Conflict `idempotency_mismatch` for another body."""

        def decide_once(case: Case, now: datetime) -> Decision[Case]:
            if (first := self.first(case)) is not None:
                refuse_another_body(first.body, self.body)
                return Decision(case, next_due=next_due(case, bench.rules_of(case)))
            decision = decide(case, now)
            done = (*decision.state.done, Done(self.mark, self.body))
            return replace(decision, state=replace(decision.state, done=done))

        return decide_once


def once(bench: Bench, command: Command, call: str, key: str | None, body: Mapping[str, Any]) -> Once | None:
    """None without a key: two like calls are two then."""
    if key is None:
        return None
    mark = identifiers.mark(bench.secret, command.case_id, seed_of(Origin(command.caller.name, key=key)))
    return Once(mark.hex(), fingerprint(bench.secret, {"call": call, **body}))
