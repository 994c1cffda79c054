"""The indicators that can be computed: what each counts, what it does not say, and its value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.analytics.domain import courses
from services.analytics.domain.buckets import POINTS, Counts, total
from services.analytics.domain.counted import Source
from services.analytics.domain.figures import Reporting


@dataclass(frozen=True, slots=True)
class Indicator:
    """`events` names the types it rests on; `says` and `not_said` are shown by /indicators/{name}/explain."""

    source: Source
    name: str
    unit: str
    events: tuple[str, ...]
    says: str
    not_said: str


_BY_EVENT_DAY: Final = "Counted on the day it happened, once per tip and day."
_BY_CASE_DAY: Final = "Counted on the day it happened, once per case and day."
_BY_REQUEST: Final = "It counts on the day the case was requested, so an earlier day may still change."
_APART: Final = "Resolved, handed over, unfounded and out of scope never share a figure."
_ENDS_APART: Final = "Successful, ended and out of scope each have a figure of their own."
_START: Final = ("mediation.assigned", "mediation.session_held")
_JUDGED: Final = ("mediation.agreement_performed", "mediation.agreement_partly_performed",
                  "mediation.agreement_breached")  # fmt: skip
_JUDGED_AGAIN: Final = "One agreement may be judged more than once: the last says whether it holds."

INDICATORS: Final[Mapping[str, Indicator]] = {
    one.name: one
    for one in (
        Indicator("tips", "tip.received", "tip", ("tip.received",),
                  "Tips that were received. " + _BY_EVENT_DAY,
                  "Not incidents: several people may report one. More tips may mean more trust."),
        Indicator("tips", "incident.reported", "incident",
                  ("tip.received", "tip.duplicate_linked", "tip.duplicate_unlinked"),
                  "Tips received, less those that stand linked as a duplicate, by day of receipt.",
                  "Not confirmed crimes. A link made later changes an earlier day."),
        Indicator("tips", "tip.duplicate", "tip", ("tip.duplicate_linked", "tip.duplicate_unlinked"),
                  "Tips, by their day of receipt, that stand linked to another tip about the same incident.",
                  "Every one of these reporters still gets a reply."),
        Indicator("tips", "tip.classified", "tip", ("tip.classified",),
                  "Tips that an officer classified. " + _BY_EVENT_DAY,
                  "A tip classified again on another day counts on both days."),
        Indicator("tips", "tip.resolved", "tip", ("tip.resolved",),
                  "Tips resolved by the ward or by mediation. " + _BY_EVENT_DAY, _APART),
        Indicator("tips", "tip.handed_over", "tip", ("tip.handed_over",),
                  "Tips handed over to an authority. " + _BY_EVENT_DAY, _APART),
        Indicator("tips", "tip.unfounded", "tip", ("tip.found_unfounded",),
                  "Tips checked and found without ground. " + _BY_EVENT_DAY, _APART),
        Indicator("tips", "tip.out_of_scope", "tip", ("tip.declined",),
                  "Tips declined as out of scope. " + _BY_EVENT_DAY, _APART),
        Indicator("tips", "tip.referred", "tip", ("tip.referred_to_mediation",),
                  "Disputes referred to mediation. " + _BY_EVENT_DAY,
                  "Says nothing of how mediation ended."),
        Indicator("tips", "tip.replied", "tip", ("tip.replied",),
                  "Tips whose reporter was given an answer. " + _BY_EVENT_DAY,
                  "Says nothing of what the answer was."),
        Indicator("tips", "tip.closed", "tip", ("tip.closed",), "Tips closed. " + _BY_EVENT_DAY, _APART),
        Indicator("tips", "tip.reopened", "tip", ("tip.reopened",),
                  "Tips whose reporter contested the outcome. " + _BY_EVENT_DAY,
                  "A counter-indicator: it stands beside outcomes so that quick closing does not pay."),
        Indicator("tips", "deadline.warned", "deadline", ("tip.deadline_warning",),
                  "Deadlines that came near, per tip and clock.", "Not yet late."),
        Indicator("tips", "deadline.breached", "deadline", ("tip.deadline_breached",),
                  "Deadlines that passed unmet, per tip and clock.", "One tip may miss several."),
        Indicator("tips", "tip.rated", "rating", ("tip.rated",),
                  "Ratings that reporters gave. " + _BY_EVENT_DAY, "Most reporters give none."),
        Indicator("tips", "rating.mean", "point", ("tip.rated",),
                  "Mean of the ratings given, 1 (bad) to 5 (good); null when nobody rated.",
                  "Only those who chose to rate speak here."),
        Indicator("mediation", "mediation.requested", "case", ("mediation.requested",),
                  "Cases brought to mediation. " + _BY_CASE_DAY,
                  "More cases may mean more trust in mediators, not more quarrels."),
        Indicator("mediation", "mediation.started_in_time", "case", _START,
                  "Cases whose first session was held by the `start_by` of the assignment then in force. "
                  + _BY_REQUEST,
                  "Cases not started yet, and those mediated on the spot, are neither in time nor late."),
        Indicator("mediation", "mediation.started_late", "case", _START,
                  "Cases whose first session was held after that `start_by`. " + _BY_REQUEST,
                  "A case that has not started at all is not late here."),
        Indicator("mediation", "mediation.concluded", "case", ("mediation.concluded",),
                  "Cases that came to an end, whatever it was. " + _BY_CASE_DAY, _ENDS_APART),
        Indicator("mediation", "mediation.successful", "case", ("mediation.concluded",),
                  "Cases that ended in an agreement. " + _BY_CASE_DAY,
                  "Not whether the agreement holds; what was agreed never leaves mediation."),
        Indicator("mediation", "mediation.ended", "case", ("mediation.concluded",),
                  "Cases whose talks ended without agreement. " + _BY_CASE_DAY,
                  "One word for unsuccessful, refused, withdrawn and stopped: why is confidential."),
        Indicator("mediation", "mediation.out_of_scope", "case", ("mediation.concluded",),
                  "Cases that the law does not let mediators take. " + _BY_CASE_DAY,
                  "Neither a success nor a failure of mediation."),
        Indicator("mediation", "mediation.successful_share", "percent", ("mediation.concluded",),
                  "Successful among successful and ended; null when neither happened.",
                  "Cases out of scope are on neither side. A low share may mean hard cases."),
        Indicator("mediation", "mediation.agreements_performed", "agreement", (_JUDGED[0],),
                  "Agreements judged performed. " + _BY_CASE_DAY, _JUDGED_AGAIN),
        Indicator("mediation", "mediation.agreements_partly_performed", "agreement", (_JUDGED[1],),
                  "Agreements judged partly performed. " + _BY_CASE_DAY, _JUDGED_AGAIN),
        Indicator("mediation", "mediation.agreements_breached", "agreement", (_JUDGED[2],),
                  "Agreements judged breached. " + _BY_CASE_DAY, _JUDGED_AGAIN),
        Indicator("mediation", "mediation.agreements_held_share", "percent",
                  ("mediation.concluded", "mediation.followup_due", *_JUDGED),
                  "Agreements whose last judgement is `performed`, among those that were judged or whose "
                  "follow-up 90 days after the conclusion has fallen due; null where there is none. "
                  + _BY_REQUEST,
                  "An agreement that nobody judged by then does not count as held. Partly performed is not "
                  "held either."),
        Indicator("notices", "alert.issued", "alert", ("alert.issued",),
                  "Alerts issued, each once, on its day and for the widest area it names.",
                  "An alert for a province is counted for the province, not for each of its wards."),
        Indicator("notices", "alert.cancelled", "alert", ("alert.cancelled",),
                  "Alerts cancelled. Counted on the day it happened.",
                  "Alerts that ran out by themselves are not cancelled."),
    )
}  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _successful_share(counts: Counts) -> float | None:
    successful = total(counts, "mediation.successful")
    return _share(successful, successful + total(counts, "mediation.ended"))


def _mean_rating(counts: Counts) -> float | None:
    rated = total(counts, "tip.rated")
    return round(total(counts, POINTS) / rated, 2) if rated else None


# Every other indicator is the count of its own name.
_DERIVED: Final[Mapping[str, Callable[[Counts], float | int | None]]] = {
    "incident.reported": lambda counts: max(
        total(counts, "tip.received") - total(counts, courses.DUPLICATES), 0
    ),
    "rating.mean": _mean_rating,
    "mediation.concluded": lambda counts: sum(
        total(counts, f"mediation.{end}") for end in ("successful", "ended", "out_of_scope")
    ),
    "mediation.successful_share": _successful_share,
    "mediation.agreements_held_share": lambda counts: _share(
        total(counts, courses.HELD), total(counts, courses.LOOKED_AT)
    ),
}


def value_of(name: str, counts: Counts, reporting: Reporting) -> float | int | None:
    """The value of an indicator, or None where no ward has reported to its source (or a share has no whole).

    A ward reports from the day of the source's first event on; from then a day without any is a 0.
    """
    if reporting.received == 0:
        return None
    return _DERIVED[name](counts) if name in _DERIVED else total(counts, name)
