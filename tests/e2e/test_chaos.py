"""The short chaos: kills, poison and a rolling restart by the same code as `make chaos`, on a few seconds."""

import re
import subprocess
import sys

import pytest

from deploy.local.places import CHECKOUT
from deploy.local.services import base_environment

pytestmark = pytest.mark.timeout(900)

SECONDS = 24  # a budget so small that every fault does the least that it can
_ROW = re.compile(r"^\| (D\d+) +\|(.*)\|$", re.MULTILINE)


def test_the_short_chaos_loses_nothing_doubles_nothing_and_mixes_nothing_up() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--only", "D1,D4,D9", "--seed", "short"]
    done = subprocess.run(
        [*command, "--seconds", str(SECONDS)],
        cwd=CHECKOUT,
        env=base_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout[-12_000:] + done.stderr[-2_000:]
    assert done.returncode == 0, said
    rows = {name: [cell.strip() for cell in cells.split("|")] for name, cells in _ROW.findall(done.stdout)}
    assert rows.keys() == {"D1", "D4", "D9"}, said
    for name, (_, times, accepted, lost, duplicated, disordered, *_, held) in rows.items():
        assert (lost, duplicated, disordered) == ("0", "0", "0"), f"{name}: {said}"
        # Cut requests cannot be judged where the client itself gets no turn for seconds.
        assert held == "yes" or (name == "D9" and "not judged" in said), f"{name}: {said}"
        assert int(times) >= 5, f"{name}: {said}"
        assert int(accepted) > 50, f"{name}: {said}"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "D99"], "there is no D99"),
        (["--seconds", "0"], "--seconds must be above 0"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(arguments: list[str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *arguments],
        cwd=CHECKOUT,
        env=base_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert complaint in done.stderr
