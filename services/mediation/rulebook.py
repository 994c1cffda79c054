"""The mediation part of the rule profiles, as the plain values that the domain takes."""

from datetime import datetime

from services.mediation.domain.rules import MediationRules
from shared.rules import Profile, Rules


class Rulebook:
    """Implements `services.mediation.domain.rules.Rulebook` on the loaded rule file."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._mediation = {profile.id: mediation_rules(profile) for profile in rules.profiles}

    def on(self, moment: datetime) -> MediationRules:
        return self._mediation[self._rules.on(moment).id]

    def of(self, profile: str) -> MediationRules:
        return self._mediation[self._rules.of(profile).id]


def mediation_rules(profile: Profile) -> MediationRules:
    given = profile.mediation
    return MediationRules(
        profile=profile.id,
        calendar=profile.calendar.working(),
        min_members=given.team.min_members,
        min_women=given.team.min_women,
        minority_when_flagged=given.team.minority_member == "when_area_flagged",
        election_share=given.mediator_election_min_share_gt,
        start_within=given.start_within,
        max_attempts=given.contact.max_attempts,
        answer_within=given.contact.answer_within,
        follow_up_after=given.follow_up_after,
        never_mediable=frozenset(given.never_mediable),
        content_kept=given.retention.content_after_follow_up,
    )
