"""Reading the rule file and choosing the profile in force."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import yaml
from pydantic import ValidationError

from shared.errors import Fault, Invalid, pointer
from shared.rules.profile import Profile

RULES_FILE = Path(__file__).with_name("rules.yaml")


class Rules:
    """Every loaded profile, by date and by id."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        """Raises `Invalid(code="bad_rules")` when an id repeats, a period is empty or two periods overlap."""
        self.profiles = tuple(sorted(profiles, key=lambda profile: profile.valid_from))
        if not self.profiles:
            raise Invalid("the rule file holds no profile", code="bad_rules")
        self._by_id = {profile.id: profile for profile in self.profiles}
        if len(self._by_id) < len(self.profiles):
            raise Invalid("two rule profiles have one id", code="bad_rules")
        self._zones = {profile.id: profile.calendar.working() for profile in self.profiles}
        for earlier, later in zip(self.profiles, self.profiles[1:], strict=False):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                raise Invalid(f"rule profiles {earlier.id} and {later.id} overlap", code="bad_rules")
        if any(
            profile.valid_to is not None and profile.valid_to < profile.valid_from
            for profile in self.profiles
        ):
            raise Invalid("a rule profile ends before it begins", code="bad_rules")

    def on(self, moment: datetime) -> Profile:
        """The profile in force on the local day of `moment` (aware), by each profile's own time zone.

        Raises `Invalid(code="no_rule_profile")` when none is.
        """
        for profile in reversed(self.profiles):
            if _covers(profile, self._zones[profile.id].day_of(moment)):
                return profile
        raise Invalid("no rule profile is in force on that day", code="no_rule_profile")

    def of(self, profile_id: str) -> Profile:
        """The profile of that id, also when it is no longer in force. Raises
        `Invalid(code="no_rule_profile")`."""
        if profile_id not in self._by_id:
            raise Invalid(f"rule profile {profile_id} is not loaded", code="no_rule_profile")
        return self._by_id[profile_id]


def load(path: Path = RULES_FILE) -> Rules:
    """The rules of a YAML file `{profiles: [...]}`. Raises `Invalid(code="bad_rules")` naming every fault
    by pointer."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as broken:
        raise Invalid("the rule file is not YAML", code="bad_rules") from broken
    listed = content.get("profiles") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise Invalid(
            "the rule file has no list of profiles", (Fault("/profiles", "is missing"),), code="bad_rules"
        )
    profiles, faults = [], []
    for index, raw in enumerate(listed):
        try:
            profiles.append(Profile.model_validate(raw))
        except ValidationError as refused:
            faults += [_fault(index, error["loc"], error["msg"]) for error in refused.errors()]
    if faults:
        told = "; ".join(f"{fault.pointer} {fault.message}" for fault in faults)
        raise Invalid(f"the rule file is not valid: {told}", tuple(faults), code="bad_rules")
    return Rules(profiles)


def _fault(index: int, place: tuple[int | str, ...], message: str) -> Fault:
    return Fault(pointer(("profiles", index, *place)), message)


def _covers(profile: Profile, day: date) -> bool:
    return profile.valid_from <= day and (profile.valid_to is None or day <= profile.valid_to)
