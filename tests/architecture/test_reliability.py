"""Every promise of docs/reliability.md says what could break it, and names a proof that can be run."""

import re

import pytest

from tests.support.named_commands import commands, unknown_commands
from tests.support.promql import CHECKOUT

PAGE = (CHECKOUT / "docs/reliability.md").read_text()
PROMISES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
by_name = pytest.mark.parametrize("promise", PROMISES)


def proofs(text: str) -> list[str]:
    _, _, shown = text.partition("**See it**")
    return commands(shown)


@by_name
def test_a_promise_says_what_could_break_it_and_which_command_shows_it(promise: str) -> None:
    text = PROMISES[promise]
    assert "What could break it" in text or "does not cover" in text
    assert proofs(text)


@by_name
def test_what_a_promise_names_exists(promise: str) -> None:
    text = PROMISES[promise]
    assert unknown_commands(text) == []
    faults = re.findall(r"ONLY=(D\d+)", text)
    played = {one.name.partition("_")[0].upper() for one in (CHECKOUT / "tests/chaos/faults").glob("d*_*.py")}
    assert set(faults) <= played
    named = re.findall(r"`((?:shared|services|deploy|tests)/[\w/.]+)`", text)
    named += [word for proof in proofs(text) for word in proof.split() if word.startswith("tests/")]
    assert [path for path in named if not (CHECKOUT / path).exists()] == []
