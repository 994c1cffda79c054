"""The bench's own arithmetic: what it says of numbers is true of them."""

import math
import subprocess
import sys
import time

import pytest

from tests.performance import costs
from tests.performance.costs import Cost
from tests.performance.figures import Row, digits, not_run, percentile, ratios, spread
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


def test_the_table_says_what_was_measured_beside_what_and_whether_the_aim_was_reached() -> None:
    drawn = table(
        [
            Row("P1", "ours", {"requests/s": "10", "p99 ms": "3"}, "2.5 × naive", "≥ 2 × naive", True),
            Row("P7", "up", {"s to ready": "29"}, aim="< 15 s", met=False),
            not_run("P9", "flood", "ten minutes were over"),
        ]
    )
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in drawn.splitlines()]
    assert lines[0] == ["", "what", "measured", "beside", "aim", "reached"]
    assert lines[2] == ["P1", "ours", "requests/s: 10 · p99 ms: 3", "2.5 × naive", "≥ 2 × naive", "yes"]
    assert lines[3] == ["P7", "up", "s to ready: 29", "", "< 15 s", "no"]
    assert lines[4] == ["P9", "flood", "not run: ten minutes were over", "", "", ""]
    assert len({len(line) for line in drawn.splitlines()}) == 1


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


def test_parts_that_follow_share_the_time_that_is_left() -> None:
    whole = Effort(3, 1, 1, print).lasting(90)
    now = time.monotonic()
    assert 29 < whole.share(3).until - now < 31
    assert whole.share(1).until == pytest.approx(whole.until, abs=1)


def test_what_a_thing_costs_is_held_against_the_aim_without_mongod_and_kafka() -> None:
    cheap, dear = Cost(own=0.3, mongod=9, kafka=9), Cost(own=0.9, mongod=0.1, kafka=0.1)
    assert costs.row("event", "an event", [cheap], "bare", [dear]).met is True
    assert costs.row("event", "an event", [dear], "bare", [cheap]).met is False
    assert costs.row("event", "an event", [cheap], "bare", [dear]).beside == "bare: 0.900 ms"


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
