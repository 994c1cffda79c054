"""The tips part of the rule profiles, as the plain values that the domain takes."""

from datetime import datetime

from services.tips.tip.domain.deadlines import APPEAL
from services.tips.tip.domain.rules import ClockRule, ExtensionRule, TipRules
from shared.contracts.vocabulary import TipOutcome
from shared.rules import Profile, Rules
from shared.rules.profile import TipClock


class Rulebook:
    """Implements `services.tips.tip.domain.rules.Rulebook` on the loaded rule file."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._tips = {profile.id: tip_rules(profile) for profile in rules.profiles}

    def on(self, moment: datetime) -> TipRules:
        return self._tips[self._rules.on(moment).id]

    def of(self, profile: str) -> TipRules:
        return self._tips[self._rules.of(profile).id]


def tip_rules(profile: Profile) -> TipRules:
    """The clocks of a profile by name; the appeal window is one more, which starts with the reply."""
    clocks = {name: _clock(name, clock) for name, clock in profile.tips.clocks.items()}
    clocks[APPEAL] = ClockRule(APPEAL, "reporter", "reply", profile.tips.appeal_window)
    kept = profile.tips.retention
    return TipRules(
        profile=profile.id,
        calendar=profile.calendar.working(),
        clocks=clocks,
        retention={
            TipOutcome.OUT_OF_SCOPE: kept.out_of_scope,
            TipOutcome.UNFOUNDED: kept.unfounded,
            TipOutcome.HANDED_OVER: kept.handed_over,
        },
        identity_after_close=kept.identity_after_close,
        erase_within=profile.privacy.stop_processing_within,
        never_mediable=frozenset(profile.mediation.never_mediable),
        warn_at_share=profile.tips.warn_at_share,
        identity_approve_within=profile.tips.identity_access.approve_within,
        identity_open_for=profile.tips.identity_access.open_for,
    )


def _clock(name: str, clock: TipClock) -> ClockRule:
    extensions = []
    if clock.complex_max_total is not None:
        extensions.append(ExtensionRule("complex", "total", clock.complex_max_total))
    if clock.procuracy_extension is not None:
        further = clock.procuracy_extension
        extensions.append(ExtensionRule("procuracy", "further", further.max, further.times))
    return ClockRule(
        name,
        clock.owner,
        clock.starts,
        clock.within,
        clock.working_days,
        clock.remote_area,
        tuple(extensions),
    )
