"""Rules are data: effective-dated profiles, their calendars, and the arithmetic of deadlines."""

from shared.rules.calendar import Due, WorkingCalendar
from shared.rules.durations import Duration
from shared.rules.loader import Rules, load
from shared.rules.profile import Profile

__all__ = ["Due", "Duration", "Profile", "Rules", "WorkingCalendar", "load"]
