"""Cases made up at random, and a slow model of what they count: one case after the other, plainly."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.events import Event
from tests.support.case_events import case_event

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
KINDS = ("noise", "boundary")
JUDGED = ("agreement_performed", "agreement_partly_performed", "agreement_breached")
STEPS = ("assigned", "session_held", "concluded", "followup_due", *JUDGED, "rated", "accepted")


@dataclass(frozen=True)
class Step:
    what: str
    at: datetime
    moment: datetime | None
    outcome: str | None


@st.composite
def cases(draw: st.DrawFn) -> list[list[Step]]:
    """Cases as lists of steps, the first of them the request."""
    hours = st.integers(0, 24 * 120)
    told = []
    for _ in range(draw(st.integers(1, 4))):
        at = START + timedelta(hours=draw(st.integers(0, 48)))
        steps = [Step("requested", at, None, None)]
        for what in draw(st.lists(st.sampled_from(STEPS), max_size=9)):
            at += timedelta(hours=draw(st.sampled_from([0, 1, 30, 24 * 80])))
            due = at + timedelta(hours=draw(hours)) if draw(st.booleans()) or what == "followup_due" else None
            outcome = draw(st.sampled_from(["successful", "ended", "out_of_scope"]))
            steps.append(Step(what, at, due, outcome if what == "concluded" else None))
        told.append(steps)
    return told


def events_of(case: int, steps: list[Step]) -> list[Event]:
    events = []
    for number, step in enumerate(steps, 1):
        fields: dict[str, Any] = {"dispute_type": KINDS[case % 2]}
        if step.what == "assigned" and step.moment:
            fields["start_by"] = step.moment
        if step.what == "followup_due":
            fields["due_at"] = step.moment
        if step.what == "session_held" and step.moment:
            fields["held_at"] = step.moment
        if step.outcome:
            fields["outcome"] = step.outcome
        events.append(
            case_event(step.what, case=case, sequence=number, at=step.at, requested_at=steps[0].at, **fields)
        )
    return events


def local(moment: datetime) -> date:
    """The day in Viet Nam, said in another way than the product says it."""
    return (moment + timedelta(hours=7)).date()


def slow_acts(steps: list[Step]) -> set[tuple[date, str]]:
    names = {
        what: f"mediation.{what}".replace("agreement_", "agreements_") for what in ("requested", *JUDGED)
    }
    acts = {(local(step.at), names[step.what]) for step in steps if step.what in names}
    return acts | {(local(step.at), f"mediation.{step.outcome}") for step in steps if step.outcome}


def slow_start(steps: list[Step]) -> str | None:
    start_by: datetime | None = None
    for step in steps:
        if step.what == "assigned":
            start_by = step.moment
        if step.what == "session_held" and start_by is None:
            return None
        if step.what == "session_held" and start_by is not None:
            held_at = step.moment or step.at
            return "mediation.started_in_time" if held_at <= start_by else "mediation.started_late"
    return None


def slow_agreement(steps: list[Step]) -> set[str]:
    judgements = [step.what for step in steps if step.what in JUDGED]
    ends = [step.at for step in steps if step.what == "concluded"]
    due = [step.moment for step in steps if step.what == "followup_due" and step.moment]
    over = bool(ends) and any((local(moment) - local(ends[-1])).days >= 90 for moment in due)
    looked_at = {"mediation.agreements_looked_at"} if judgements or over else set()
    return looked_at | ({"mediation.agreements_held"} if judgements[-1:] == [JUDGED[0]] else set())


def slowly(case: int, steps: list[Step]) -> set[tuple[date, str, str]]:
    """What one case counts: (day, count, dispute type), each once; told by walking through its life."""
    course = {slow_start(steps), *slow_agreement(steps)} - {None}
    found = slow_acts(steps) | {(local(steps[0].at), str(name)) for name in course}
    return {(day, name, KINDS[case % 2]) for day, name in found}
