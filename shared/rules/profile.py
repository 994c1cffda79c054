"""The form of a rule profile. Unknown names are refused: a misspelt deadline would otherwise be no deadline
at all."""

from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.contracts.vocabulary import Category
from shared.errors import Invalid
from shared.rules.calendar import WorkingCalendar
from shared.rules.durations import Duration

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _duration(text: str) -> str:
    try:
        Duration.parse(text)
    except Invalid as refused:
        raise ValueError(refused.detail) from refused
    return text


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone of the tz database")
    return name


Iso = Annotated[str, AfterValidator(_duration)]
Share = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CalendarRules(_Part):
    timezone: Annotated[str, AfterValidator(_zone)]
    day_clock_ends: time
    roll: Literal["next_working_day"]
    weekend: tuple[Weekday, ...]
    known_until: date
    holidays: tuple[date, ...]
    swap_working_days: tuple[date, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        rest = {WEEKDAYS.index(day) + 1 for day in self.weekend}
        if len(rest) == len(WEEKDAYS):
            raise ValueError("weekend leaves no working day")
        if any(day.isoweekday() not in rest for day in self.swap_working_days):
            raise ValueError("swap_working_days holds a day that is worked anyway")
        if set(self.swap_working_days) & set(self.holidays):
            raise ValueError("a day is both a holiday and worked in exchange")
        if any(day > self.known_until for day in self.holidays):
            raise ValueError("holidays go beyond known_until")
        return self

    def working(self) -> WorkingCalendar:
        """The calendar as values for arithmetic."""
        return WorkingCalendar(
            zone=ZoneInfo(self.timezone),
            ends=self.day_clock_ends,
            weekend=frozenset(WEEKDAYS.index(day) + 1 for day in self.weekend),
            holidays=frozenset(self.holidays),
            swapped=frozenset(self.swap_working_days),
            known_until=self.known_until,
        )


class FurtherExtension(_Part):
    max: Iso
    times: Positive


class TipClock(_Part):
    """`complex_max_total` counts from the clock's start; `procuracy_extension` comes on top of what was due
    before it."""

    owner: str
    starts: Literal["received", "outcome"]
    within: Iso
    working_days: bool = False
    remote_area: Iso | None = None
    complex_max_total: Iso | None = None
    procuracy_extension: FurtherExtension | None = None

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.working_days:
            for text in (self.within, self.remote_area):
                duration = None if text is None else Duration.parse(text)
                if duration is not None and (duration.is_exact or duration.months):
                    raise ValueError("working days are counted in days")
        return self


class DuplicateSuggestion(_Part):
    min_text_score: Annotated[int, Field(ge=0, le=100)]
    window: Iso
    same_category: bool
    same_residential_area: bool


class TipRetention(_Part):
    out_of_scope: Iso
    unfounded: Iso
    handed_over: Iso
    identity_after_close: Iso


class IdentityAccess(_Part):
    """How long a request to open an identity waits for its second officer, and how long it is then open."""

    approve_within: Iso = "PT72H"
    open_for: Iso = "PT24H"


class TipsRules(_Part):
    """`warn_at_share`: the share of a clock's interval that has passed when its warning fires."""

    intake_refusal: bool
    duty_roster: str
    clocks: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")], TipClock]
    duplicate_suggestion: DuplicateSuggestion
    appeal_window: Iso
    retention: TipRetention
    warn_at_share: Share = 0.75
    identity_access: IdentityAccess = IdentityAccess()


class Team(_Part):
    min_members: Positive
    min_women: Annotated[int, Field(ge=0)]
    minority_member: Literal["when_area_flagged"]


class Contact(_Part):
    """A party tried `max_attempts` times who does not answer `answer_within` the last one is unreachable."""

    max_attempts: Positive
    answer_within: Iso


class MediationRetention(_Part):
    content_after_follow_up: Iso


class MediationRules(_Part):
    team: Team
    mediator_election_min_share_gt: Share
    start_within: Iso
    follow_up_after: tuple[Iso, ...]
    contact: Contact
    never_mediable: tuple[Category, ...]
    retention: MediationRetention


class QuietHours(_Part):
    campaigns: tuple[time, time]
    exempt_priorities: tuple[str, ...]


class TargetRetention(_Part):
    targets: Iso


class NotificationRules(_Part):
    quiet_hours: QuietHours
    loudspeaker_hours: tuple[time, time]
    max_campaign_sms_per_recipient_per_day: Positive
    retention: TargetRetention


class PrivacyRules(_Part):
    acknowledge_request_within: Iso
    acknowledge_working_days: bool
    stop_processing_within: Iso
    extension: FurtherExtension
    public_min_cell: Positive
    audit_retention: Iso


class Profile(_Part):
    """One effective-dated rule profile. `valid_to` is the last day it is chosen for; None: until another
    one begins."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    valid_from: date
    valid_to: date | None
    status: str
    calendar: CalendarRules
    tips: TipsRules
    mediation: MediationRules
    notifications: NotificationRules
    privacy: PrivacyRules
