"""Every clock of a tip explains itself: by which rule, from when, every extension, due when, and why, in
both languages."""

from datetime import datetime
from typing import Literal

from services.tips.clocks.domain import wording
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import Calendar, ClockRule, Rulebook
from services.tips.tip.domain.state import Clock, Tip
from services.tips.tip.domain.table import Call
from shared.contracts.vocabulary import TipState

ClockState = Literal["not_started", "running", "met", "breached"]
Explained = dict[str, object]


def state_of(clock: Clock, now: datetime) -> ClockState:
    """Met only when it was met in time; met late stays breached. The appeal window cannot be breached, only
    end."""
    ended_at = clock.met_at or now
    if clock.name == deadlines.APPEAL:
        return "met" if clock.met_at is not None or deadlines.passed(clock, now) else "running"
    if deadlines.passed(clock, ended_at):
        return "breached"
    return "met" if clock.met_at is not None else "running"


def explain(tip: Tip, now: datetime, rules: Rulebook) -> list[Explained]:
    """One entry per clock, in the order they started, then those of the present round that have not
    started.

    JSON values only; moments are ISO 8601 in the profile's time zone. `intervals` are {from, to, within?,
    ground?} end to end; `pauses` is empty while no rule pauses a clock (mediation pauses none); an extension
    says that a sealed reason is on file, never the reason.
    """
    profile = rules.of(tip.profile)
    started = [_started(clock, now, profile.calendar, _of_mediation(tip, clock)) for clock in tip.clocks]
    known = {clock.name for clock in tip.clocks if clock.round == tip.round}
    waiting = [
        _waiting(rule, profile.profile, tip.round)
        for rule in profile.clocks.values()
        if rule.name not in known
    ]
    return started + waiting


def _of_mediation(tip: Tip, clock: Clock) -> wording.OfMediation | None:
    """What a referral means to this clock, if anything."""
    if clock.met_by == Call.refer_to_mediation.value:
        return "met"
    if tip.status is TipState.REFERRED and clock.met_at is None and clock.round == tip.round:
        return "goes_on"
    return "resumed" if clock.resumed_at is not None else None


def _started(
    clock: Clock, now: datetime, calendar: Calendar, of_mediation: wording.OfMediation | None
) -> Explained:
    def shown(moment: datetime | None) -> str | None:
        return None if moment is None else calendar.local(moment).isoformat(timespec="seconds")

    state = state_of(clock, now)
    return {
        "clock": clock.name,
        "owner": clock.owner,
        "rule": clock.profile,
        "round": clock.round,
        "state": state,
        "starts_with": clock.starts,
        "starts": shown(clock.started_at),
        "within": clock.within,
        "working_days": clock.working_days,
        "remote_area": clock.remote,
        "intervals": _intervals(clock, calendar),
        "pauses": [],
        "extensions": [
            {
                "ground": extension.ground,
                "until": extension.until.isoformat(),
                "granted_at": shown(extension.at),
                "granted_by": extension.by,
                "reason": "on_file",
            }
            for extension in clock.extensions
        ],
        "due": shown(clock.due),
        "due_before_rolling": shown(clock.unrolled) if clock.unrolled != clock.due else None,
        "provisional": clock.provisional,
        "warns": shown(clock.warn_at) if clock.name != deadlines.APPEAL else None,
        "met_at": shown(clock.met_at),
        "met_by": clock.met_by,
        "resumed_at": shown(clock.resumed_at),
        "warned_at": shown(clock.warned_at),
        "breached_at": shown(clock.breached_at),
        "why": wording.why(clock, state, calendar, of_mediation),
    }


def _intervals(clock: Clock, calendar: Calendar) -> list[dict[str, str]]:
    ends = [*(extension.before for extension in clock.extensions), clock.due]
    starts = [clock.started_at, *ends[:-1]]
    told = [
        {
            "from": calendar.local(start).isoformat(timespec="seconds"),
            "to": calendar.local(end).isoformat(timespec="seconds"),
        }
        for start, end in zip(starts, ends, strict=True)
    ]
    told[0]["within"] = clock.within
    for interval, extension in zip(told[1:], clock.extensions, strict=True):
        interval["ground"] = extension.ground
    return told


def _waiting(rule: ClockRule, profile: str, round_: int) -> Explained:
    return {
        "clock": rule.name,
        "owner": rule.owner,
        "rule": profile,
        "round": round_,
        "state": "not_started",
        "starts_with": rule.starts,
        "starts": None,
        "within": rule.within,
        "working_days": rule.working_days,
        "intervals": [],
        "pauses": [],
        "extensions": [],
        "due": None,
        "why": wording.why_waiting(rule),
    }
