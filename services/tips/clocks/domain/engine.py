"""The clocks of a tip: started, met, extended and fired. Sources of the rules: `shared/rules/rules.yaml`,
section tips.

When a clock is kept (`MET_BY`), decided here because the rule profile gives only starts and lengths:
- report_up: the tip was classified or declined;
- handover: it was handed over, referred to mediation, or ended in any other way, so nothing is left to hand
  over;
- decide: the authority's decision came back (handover-result), or the tip ended without being handed over;
- reply: the reporter was answered;
- appeal_window: it belongs to the reporter; it ends by itself and closes the tip. Nobody can breach it.

A contest ends what still runs and starts the `received` clocks anew (round 2): the contest is what is
received then.

Mediation pauses nothing, because no rule says so: `decide` goes on while a tip is referred. Where mediation
finds that the matter was never its own (out of scope), that referral handed nothing over: the clock that it
had met goes on as if it had not been.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import ClockRule, Due, TipRules
from services.tips.tip.domain.state import Clock, Tip
from services.tips.tip.domain.table import Call
from shared.decision import Happened

_ENDINGS = frozenset({Call.decline, Call.resolve, Call.find_unfounded, Call.settle, Call.contest})
MET_BY: dict[str, frozenset[Call]] = {
    "report_up": frozenset({Call.classify, Call.decline, Call.contest}),
    "handover": _ENDINGS | {Call.handover, Call.refer_to_mediation},
    "decide": _ENDINGS | {Call.handover_result},
    "reply": frozenset({Call.reply, Call.settle, Call.contest}),
    deadlines.APPEAL: frozenset({Call.contest}),
}


def start(rules: TipRules, starts: str, at: datetime, *, round_: int, remote_area: bool) -> tuple[Clock, ...]:
    """Every clock of the profile that starts with `starts` ("received", "outcome" or "reply") at `at`."""
    return tuple(
        _start(rules, rule, at, round_, remote_area)
        for rule in rules.clocks.values()
        if rule.starts == starts
    )


def _start(rules: TipRules, rule: ClockRule, at: datetime, round_: int, remote_area: bool) -> Clock:
    remote = remote_area and rule.remote_area is not None
    within = rule.remote_area if remote and rule.remote_area is not None else rule.within
    due = rules.calendar.due(at, within, working_days=rule.working_days)
    return Clock(
        name=rule.name,
        owner=rule.owner,
        profile=rules.profile,
        round=round_,
        starts=rule.starts,
        started_at=at,
        within=within,
        working_days=rule.working_days,
        due=due.at,
        unrolled=due.unrolled,
        provisional=due.provisional,
        warn_at=warning_moment(rules, at, due),
        remote=remote,
    )


def warning_moment(rules: TipRules, started_at: datetime, due: Due) -> datetime:
    """When the share of the interval that the profile names has passed, in whole seconds."""
    share = (due.at - started_at).total_seconds() * rules.warn_at_share
    return started_at + timedelta(seconds=int(share))


def meet(clocks: tuple[Clock, ...], call: Call, at: datetime) -> tuple[Clock, ...]:
    """The clocks after `call` at `at`: those it ends are marked, the first end counts."""
    return tuple(
        replace(clock, met_at=at, met_by=call.value)
        if clock.met_at is None and call in MET_BY.get(clock.name, frozenset())
        else clock
        for clock in clocks
    )


def resume(clocks: tuple[Clock, ...], call: Call, met_at: datetime, at: datetime) -> tuple[Clock, ...]:
    """The clocks after it became clear at `at` that `call` at `met_at` does not count: they go on."""
    return tuple(
        replace(clock, met_at=None, met_by=None, resumed_at=at)
        if (clock.met_by, clock.met_at) == (call.value, met_at)
        else clock
        for clock in clocks
    )


def fire(tip: Tip, now: datetime) -> tuple[Tip, tuple[Happened, ...]]:
    """The tip with every mark that is due set, and an event for each. A warning that would come after its
    deadline is left out."""
    happened: list[Happened] = []
    clocks: list[Clock] = []
    for clock in tip.clocks:
        moment = deadlines.next_mark(clock)
        if moment is None or moment > now:
            clocks.append(clock)
        elif deadlines.passed(clock, now):
            clocks.append(replace(clock, breached_at=now))
            happened.append(Happened("tip.deadline_breached", mark_facts(clock)))
        else:
            clocks.append(replace(clock, warned_at=now))
            happened.append(Happened("tip.deadline_warning", mark_facts(clock)))
    return replace(tip, clocks=tuple(clocks)), tuple(happened)


def mark_facts(clock: Clock) -> dict[str, object]:
    """What an event says of a clock: {clock, due_at}."""
    return {"clock": clock.name, "due_at": clock.due}
