"""Counting: a bucket is folded anew from its facts, sums are folded anew from buckets; nothing is ever
incremented.

So a repeated, late or reordered event cannot miscount: the fold depends on the set of facts only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from services.analytics.domain.counted import counted
from services.analytics.domain.courses import outcome_of_course
from services.analytics.domain.facts import Fact

# (count, kind) -> how many. The kind is a tip's category or a case's dispute type. Zero is never stored.
Counts = Mapping[tuple[str, str], int]

POINTS = "rating.points"


def fold(facts: Iterable[Fact], day: date) -> Counts:
    """Counts of one area's `day`. Facts with one id count once, whatever their order.

    Acts count tips and cases, not clicks: a tip classified twice on one day is one tip classified that day;
    deadlines count per tip and clock. What an aggregate's course says counts on the day that began.
    """
    counts: Counter[tuple[str, str]] = Counter()
    acts: set[tuple[str, str, str | None]] = set()
    courses: dict[str, list[Fact]] = {}
    for fact in sorted(
        {fact.id: fact for fact in facts}.values(), key=lambda fact: (fact.subject, fact.sequence)
    ):
        rule = counted(fact.type)
        if rule.course and fact.began == day:
            courses.setdefault(fact.subject, []).append(fact)
        if rule.act is None or fact.day != day or (act := (rule.act, fact.subject, fact.apart)) in acts:
            continue
        acts.add(act)
        counts[rule.act.format(fact.apart), fact.kind] += 1
        if fact.points is not None:
            counts[POINTS, fact.kind] += fact.points
    for course in courses.values():
        counts.update(outcome_of_course(course))
    return dict(counts)


def add(many: Iterable[Counts]) -> Counts:
    """The sum of buckets that do not overlap."""
    total: Counter[tuple[str, str]] = Counter()
    for counts in many:
        total.update(counts)
    return dict(total)


def of_kind(counts: Counts, kind: str) -> Counts:
    return {key: number for key, number in counts.items() if key[1] == kind}


def total(counts: Counts, name: str) -> int:
    return sum(number for (count, _), number in counts.items() if count == name)
