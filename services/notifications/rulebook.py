"""The notifications part of the rule profiles, as the plain values that use cases take."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.domain.subscriptions import QuietHours, QuietRules
from shared.rules import Rules


class Rulebook:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def quiet(self, moment: datetime) -> QuietRules:
        """The rules on the local day of `moment`. They name quiet hours for campaigns; what a subscription
        tells is held to the same.
        """
        profile = self._rules.on(moment)
        quiet = profile.notifications.quiet_hours
        return QuietRules(
            zone=ZoneInfo(profile.calendar.timezone),
            hours=QuietHours(*quiet.campaigns),
            exempt=frozenset(quiet.exempt_priorities),
        )

    def zone(self, moment: datetime) -> ZoneInfo:
        """In which times are shown."""
        return self.quiet(moment).zone
