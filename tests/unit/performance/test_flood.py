"""What the bench says of a flood: each of its four figures is judged by itself."""

from dataclasses import replace

from tests.performance.flood import rows
from tests.performance.traffic import Outcome

GOOD = Outcome(
    began=0.0,
    accepted=5_400,
    all_accepted=5_400,
    refused={"503": 6_600},
    lost=0,
    window=60.0,
    p50=300.0,
    p99=500.0,
    refused_p50=4.0,
    refused_p99=30.0,
    unexplained=0,
    cpu={},
)
FLAT = [100e6] * 60


def met(peak: float, flood: Outcome, after: float, held: list[float]) -> list[bool | None]:
    return [row.met for row in rows(peak, flood, after, held)]


def test_a_flood_that_is_borne_reaches_all_four_aims() -> None:
    assert met(100, GOOD, 95, FLAT) == [True, True, True, True]


def test_each_shortcoming_shows_in_its_own_line() -> None:
    assert met(100, replace(GOOD, accepted=4_000), 95, FLAT) == [False, True, True, True]
    assert met(100, replace(GOOD, refused_p99=51.0), 95, FLAT) == [True, False, True, True]
    assert met(100, replace(GOOD, unexplained=1), 95, FLAT) == [True, False, True, True]
    assert met(100, replace(GOOD, lost=1), 95, FLAT) == [True, False, True, True]
    assert met(100, replace(GOOD, refused={"503": 1, "500": 1}), 95, FLAT) == [True, False, True, True]
    assert met(100, GOOD, 95, [100e6] * 20 + [150e6] * 40) == [True, True, False, True]
    assert met(100, GOOD, 80, FLAT) == [True, True, True, False]
