"""Extending a clock that the rule profile lets be extended."""

from dataclasses import replace
from datetime import date, datetime

from services.tips.clocks.domain import engine
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import Calendar, ExtensionRule, Rulebook, TipRules
from services.tips.tip.domain.state import Clock, Extension, Tip
from services.tips.tip.domain.table import Call, enter, refusal
from shared.decision import Decision
from shared.errors import Conflict, Fault, Invalid


def extend(
    tip: Tip,
    clock: str,
    ground: str,
    until: date,
    *,
    reason: str,
    by: str,
    rules: Rulebook,
    now: datetime,
) -> Decision[Tip]:
    """Any open state, `tip.deadline_extended` {clock, due_at, previous_due_at}: the clock now ends with the
    local day `until`.

    `ground` is one that the profile names for this clock (for `decide`: complex, procuracy; Criminal
    Procedure Code 2015, article 147); `reason` is sealed text. Raises `IllegalTransition` when that clock
    is not running or may never be extended, `Conflict` with code `deadline_passed` or `extension_used`,
    `Invalid` at /ground or /until.
    """
    enter(Call.extend, tip.status)
    profile = rules.of(tip.profile)
    running = _running(tip, clock)
    rule = _ground(tip, profile, clock, ground)
    if deadlines.passed(running, now):
        raise Conflict("the deadline has passed; it cannot be extended any more", code="deadline_passed")
    if rule.times is not None and _used(running, ground) >= rule.times:
        raise Conflict(
            "this clock has been extended on that ground as often as it may be", code="extension_used"
        )
    _require_within(profile.calendar, running, rule, until)
    granted = Extension(ground=ground, until=until, before=running.due, at=now, by=by, reason=reason)
    extended = _extended(profile, running, granted)
    after = replace(tip, clocks=tuple(extended if each is running else each for each in tip.clocks))
    facts = {"clock": clock, "due_at": extended.due, "previous_due_at": running.due}
    return told(after, "tip.deadline_extended", facts, by=by, ground=ground)


def _running(tip: Tip, name: str) -> Clock:
    for clock in tip.clocks:
        if clock.name == name and clock.round == tip.round and clock.met_at is None:
            return clock
    raise refusal(Call.extend, tip.status, "that clock is not running")


def _ground(tip: Tip, profile: TipRules, clock: str, ground: str) -> ExtensionRule:
    grounds = {rule.ground: rule for rule in profile.clocks[clock].extensions}
    if not grounds:
        raise refusal(Call.extend, tip.status, "that clock may not be extended")
    if ground not in grounds:
        raise Invalid(
            "the ground is not one of this clock", (Fault("/ground", f"must be one of {', '.join(grounds)}"),)
        )
    return grounds[ground]


def _used(clock: Clock, ground: str) -> int:
    return sum(extension.ground == ground for extension in clock.extensions)


def _require_within(calendar: Calendar, clock: Clock, rule: ExtensionRule, until: date) -> None:
    base = clock.started_at if rule.basis == "total" else clock.unrolled
    latest = calendar.day_of(calendar.due(base, rule.maximum).unrolled)
    if not calendar.day_of(clock.due) < until <= latest:
        told_limit = f"must be after the present deadline and not after {latest.isoformat()}"
        raise Invalid("the new deadline is not lawful", (Fault("/until", told_limit),))


def _extended(profile: TipRules, clock: Clock, granted: Extension) -> Clock:
    due = profile.calendar.end_of(granted.until)
    return replace(
        clock,
        due=due.at,
        unrolled=due.unrolled,
        provisional=due.provisional,
        warn_at=engine.warning_moment(profile, granted.at, due),
        warned_at=None,
        extensions=(*clock.extensions, granted),
    )
