"""Gaps in an aggregate's numbers."""

from shared.consume.sequences import Sequences


def test_a_key_not_seen_before_has_no_gap() -> None:
    assert Sequences().gap("t", b"a", 7) == 0


def test_missing_numbers_are_counted_once() -> None:
    seen = Sequences()
    seen.gap("t", b"a", 1)
    assert seen.gap("t", b"a", 4) == 2
    assert seen.gap("t", b"a", 5) == 0


def test_a_repeat_is_no_gap_and_hides_none() -> None:
    seen = Sequences()
    for number in (1, 2, 3, 2):
        assert seen.gap("t", b"a", number) == 0
    assert seen.gap("t", b"a", 5) == 1


def test_the_same_key_on_two_topics_counts_apart() -> None:
    seen = Sequences()
    seen.gap("t", b"a", 1)
    assert seen.gap("u", b"a", 9) == 0


def test_after_an_unreadable_record_of_a_key_nothing_is_concluded() -> None:
    seen = Sequences()
    seen.gap("t", b"a", 1)
    seen.forget("t", b"a")
    assert seen.gap("t", b"a", 3) == 0
