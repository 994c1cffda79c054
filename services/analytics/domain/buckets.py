"""Counting: a bucket is folded anew from its facts, sums are folded anew from buckets; nothing is ever
incremented.

So a repeated, late or reordered event cannot miscount: the fold depends on the set of facts only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.analytics.domain.facts import COUNTED, LINKED, RATED, UNLINKED, Fact

# (count, category) -> how many. Zero is never stored.
Counts = Mapping[tuple[str, str], int]

DUPLICATES = "tip.duplicate"
RATING_POINTS = "rating.points"


def fold(facts: Iterable[Fact]) -> Counts:
    """Counts of one bucket. Facts with one id count once, whatever their order.

    Acts count tips, not clicks: a tip classified twice on one day is one tip classified that day; deadlines
    count
    per tip and clock. Of the links of a tip the highest sequence says whether it stands as a duplicate.
    """
    counts: Counter[tuple[str, str]] = Counter()
    acts: set[tuple[str, str, str | None]] = set()
    latest: dict[str, Fact] = {}
    for fact in sorted(
        {fact.id: fact for fact in facts}.values(), key=lambda fact: (fact.subject, fact.sequence)
    ):
        if fact.type in (LINKED, UNLINKED):
            latest[fact.subject] = fact
            continue
        name = COUNTED.get(fact.type)
        if name is None or (act := (name, fact.subject, fact.clock)) in acts:
            continue
        acts.add(act)
        counts[name, fact.category] += 1
        if fact.type == RATED and fact.value is not None:
            counts[RATING_POINTS, fact.category] += fact.value
    for fact in latest.values():
        if fact.type == LINKED:
            counts[DUPLICATES, fact.category] += 1
    return dict(counts)


def add(many: Iterable[Counts]) -> Counts:
    """The sum of buckets that do not overlap."""
    total: Counter[tuple[str, str]] = Counter()
    for counts in many:
        total.update(counts)
    return dict(total)


def of_category(counts: Counts, category: str) -> Counts:
    return {key: number for key, number in counts.items() if key[1] == category}


def total(counts: Counts, name: str) -> int:
    return sum(number for (count, _), number in counts.items() if count == name)
