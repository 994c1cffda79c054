"""The bench's own arithmetic: what it says of numbers is true of them."""

import math
import subprocess
import sys

import pytest

from tests.performance.figures import Row, digits, percentile, ratios, spread
from tests.performance.processes import children, cpu_seconds, proportional_bytes
from tests.performance.report import table
from tests.performance.round import Effort, in_turn
from tests.support.waiting import eventually_sync


def test_a_percentile_is_the_smallest_value_that_covers_its_share() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert percentile(hundred, 0.5) == 50
    assert percentile(hundred, 0.99) == 99
    assert percentile(hundred, 1) == 100
    assert percentile([7.0], 0.99) == 7
    assert math.isnan(percentile([], 0.5))


def test_a_spread_is_the_median_with_the_lowest_and_the_highest_round() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00–3.00)"
    assert spread([1234.5]) == "1,234"
    assert spread([]) == "–"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (0.04567, "0.046"), (1.2345, "1.23"), (98.76, "98.8"), (12345.6, "12,346"), (math.nan, "–")],
)
def test_a_figure_has_three_digits_and_no_exponent(value: float, written: str) -> None:
    assert digits(value) == written


def test_ratios_compare_neighbours_and_leave_out_what_is_missing() -> None:
    assert ratios([20.0, 30.0, 10.0], [10.0, 10.0]) == [2.0, 3.0]
    assert ratios([20.0, 0.0], [0.0, 10.0]) == []


def test_the_table_says_what_was_met_and_leaves_no_cell_of_another_row_empty_handed() -> None:
    drawn = table([Row("P1", "ours", {"rate": "10"}, "≥ 2", True), Row("P7", "up", {"figure": "9 s"})])
    head, rule, first, second = drawn.splitlines()
    assert [cell.strip() for cell in head.split("|")] == ["", "", "what", "rate", "figure", "aim", "met", ""]
    assert [cell.strip() for cell in first.split("|")] == ["", "P1", "ours", "10", "", "≥ 2", "yes", ""]
    assert [cell.strip() for cell in second.split("|")] == ["", "P7", "up", "", "9 s", "", "", ""]
    assert len({len(line) for line in (head, rule, first, second)}) == 1


def test_contenders_take_turns_in_being_the_first() -> None:
    assert [in_turn("abc", number) for number in range(4)] == [
        list("abc"),
        list("bca"),
        list("cab"),
        list("abc"),
    ]


def test_one_round_has_to_do_once_time_runs_out() -> None:
    said: list[str] = []
    assert list(Effort(3, 1, 1, said.append).turns()) == [0, 1, 2]
    assert said == []
    assert list(Effort(3, 1, 1, said.append, until=0).turns()) == [0]
    assert len(said) == 1


def test_a_process_costs_what_it_spent() -> None:
    spends = "x = [i * i for i in range(3_000_000)]; input()"
    with subprocess.Popen([sys.executable, "-c", spends], stdin=subprocess.PIPE) as process:
        eventually_sync(lambda: cpu_seconds(process.pid) > 0.05)
        assert proportional_bytes(process.pid) > 1_000_000
        process.communicate(b"\n")


def test_children_are_found_by_who_started_them() -> None:
    starts = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", starts], stdin=subprocess.PIPE) as process:
        found = eventually_sync(lambda: children(process.pid))
        assert any("input()" in command for command in found.values())
        process.communicate(b"\n")
