"""Counting: what a set of facts adds up to, whatever the order and however often each came."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.buckets import add, fold, total
from services.analytics.domain.counted import COUNTED, LINKED, UNLINKED
from services.analytics.domain.facts import Fact, Key, parents
from services.analytics.domain.figures import Reporting, change
from services.analytics.domain.indicators import INDICATORS, value_of
from shared import words

DAY = date(2026, 9, 14)
FULL = Reporting(1, 1)
ACTS = {kind: str(rule.act) for kind, rule in COUNTED.items() if ".tip." in kind and rule.act}
TYPES = [*ACTS, LINKED, UNLINKED, "liengia.tip.message_posted.v1"]


def fact(kind: str, tip: int = 1, sequence: int = 1, **options: Any) -> Fact:
    """Of `kind`, on the day its tip came in."""
    plain = Fact(
        id=f"tip_{tip}:{sequence}",
        type=f"liengia.tip.{kind}.v1",
        source="tips",
        subject=f"tip_{tip}",
        sequence=sequence,
        at=datetime(2026, 9, 14, 1, tzinfo=UTC),
        began=DAY,
        area="99/99001",
        kind="noise",
        restricted=False,
    )
    return replace(plain, **options)


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Facts of several tips, each with a gapless sequence."""
    facts = []
    for tip in range(draw(st.integers(1, 5))):
        kinds = draw(st.lists(st.sampled_from(TYPES), max_size=8))
        for sequence, kind in enumerate(kinds, 1):
            rating = draw(st.integers(1, 5)) if "rated" in kind else None
            clock = draw(st.sampled_from(["report_up", "reply"])) if "deadline" in kind else None
            facts.append(fact("x", tip, sequence, type=kind, points=rating, apart=clock))
    return facts


def slowly(facts: list[Fact]) -> dict[str, int]:
    """The same counts, said in the plainest way: one tip after the other."""
    counts: Counter[str] = Counter()
    for subject in {one.subject for one in facts}:
        mine = [one for one in facts if one.subject == subject]
        for kind, name in ACTS.items():
            clocks = {one.apart for one in mine if one.type == kind}
            counts[name] += len(clocks)
        links = sorted((one for one in mine if one.type in (LINKED, UNLINKED)), key=lambda one: one.sequence)
        counts["tip.duplicate"] += bool(links) and links[-1].type == LINKED
    return {name: number for name, number in counts.items() if number}


@given(lives(), st.randoms(use_true_random=False))
def test_repeats_and_disorder_count_as_the_slow_model_does(facts: list[Fact], chance: random.Random) -> None:
    delivered = facts + chance.choices(facts, k=len(facts)) if facts else []
    chance.shuffle(delivered)
    counts = fold(delivered, DAY)
    told = {name: total(counts, name) for name, _ in counts if name != "rating.points"}
    assert told == slowly(facts)


def test_two_tips_about_one_incident_are_two_tips_and_one_incident() -> None:
    facts = [fact("received", 1), fact("received", 2), fact("duplicate_linked", 2, 2)]
    assert value_of("tip.received", fold(facts, DAY), FULL) == 2
    assert value_of("incident.reported", fold(facts, DAY), FULL) == 1
    facts.append(fact("duplicate_unlinked", 2, 3))
    assert value_of("incident.reported", fold(facts, DAY), FULL) == 2


def test_outcomes_never_share_a_figure() -> None:
    outcomes = {
        "resolved": "tip.resolved",
        "handed_over": "tip.handed_over",
        "found_unfounded": "tip.unfounded",
        "declined": "tip.out_of_scope",
    }
    for kind, name in outcomes.items():
        counts = fold([fact(kind)], DAY)
        assert {other for other in outcomes.values() if value_of(other, counts, FULL)} == {name}


def test_every_indicator_and_its_unit_have_words_in_both_languages() -> None:
    for indicator in INDICATORS.values():
        assert indicator.name in words.INDICATORS
        assert indicator.unit in words.UNITS


def test_nobody_reporting_is_null_and_nothing_found_is_zero() -> None:
    for name in INDICATORS:
        assert value_of(name, {}, Reporting(1, 0)) is None
    assert value_of("tip.received", {}, FULL) == 0
    assert value_of("rating.mean", {}, FULL) is None


def test_the_mean_rating_is_of_those_who_rated() -> None:
    counts = fold([fact("rated", 1, points=5), fact("rated", 2, points=2)], DAY)
    assert value_of("rating.mean", counts, FULL) == 3.5


def test_a_change_is_unknown_where_either_side_is() -> None:
    assert change(3, 2).percent == 50.0
    assert (change(3, 0).difference, change(3, 0).percent) == (3, None)
    assert change(None, 2).difference is None


def test_sums_stand_above_leaves_and_nothing_stands_above_a_place_that_is_gone() -> None:
    leaf = Key("leaf", "99/99001/tdp-4", "2026-09-14", restricted=False)
    (ward,) = parents(leaf)
    assert ward == Key("ward", "99/99001", "2026-09-14", restricted=False)
    assert parents(ward) == [
        Key("province", "99", "2026-09-14", restricted=False),
        Key("ward", "99/99001", "2026-09", restricted=False),
    ]
    assert parents(Key("leaf", "legacy/18841", "2026-09-14", restricted=False)) == []
    assert Key.parse(str(leaf)) == leaf


@given(lives(), lives())
def test_sums_of_buckets_are_sums_of_their_counts(left: list[Fact], right: list[Fact]) -> None:
    one, other = fold(left, DAY), fold(right, DAY)
    for name in ACTS.values():
        assert total(add([one, other]), name) == total(one, name) + total(other, name)
