"""Whoever is woken by an alert finds its page, and on it commands that exist."""

import re
from pathlib import Path

import pytest

from tests.support.named_commands import mending, unknown_commands
from tests.support.promql import CHECKOUT, alerts

RUNBOOKS = CHECKOUT / "docs/runbooks"
ALERTS = {alert["alert"]: alert for alert in alerts()}
PAGES = {page.stem: page for page in RUNBOOKS.glob("*.md") if page.name != "README.md"}
HEADINGS = ["Look", "Mend", "Over when", "If not"]


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    assert PAGES.keys() == ALERTS.keys()
    assert {name: alert["annotations"]["runbook"] for name, alert in ALERTS.items()} == {
        name: str(page.relative_to(CHECKOUT)) for name, page in PAGES.items()
    }


def test_every_alert_is_named_in_the_trials_of_the_rules() -> None:
    trials = (CHECKOUT / "deploy/prometheus/alerts_test.yml").read_text()
    assert [name for name in ALERTS if f'alertname="{name}"' not in trials] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.stem)
def test_a_page_says_what_one_notices_how_to_look_to_mend_and_to_see_that_it_is_over(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert "**You notice**" in text
    assert "**It means**" in text
    assert len(text) < 2500, "nobody reads more at three in the morning"


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.stem)
def test_a_page_names_what_mends_the_fault_and_nothing_that_does_not_exist(page: Path) -> None:
    text = page.read_text()
    assert [line for line in mending(text) if not line.startswith("export ")]
    assert unknown_commands(text) == []


def test_the_table_of_runbooks_has_every_page_with_how_grave_it_is() -> None:
    rows = re.findall(
        r"^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \|", (RUNBOOKS / "README.md").read_text(), re.MULTILINE
    )
    assert [(name, name, alert["labels"]["severity"]) for name, alert in ALERTS.items()] == rows


@pytest.mark.parametrize(
    "wrong",
    [
        "```sh\n.venv/bin/python -m shared.replays list --group tips\n```\n",
        "```sh\n.venv/bin/python -m shared.replay lost --group tips\n```\n",
        "```sh\n.venv/bin/python -m shared.replay send --grop tips\n```\n",
        "```sh\ndocker compose restart tip\n```\n",
        "```sh\ncurl http://127.0.0.1:8103/webhooks/WEBHOOK_ID/attempt\n```\n",
        "`make everything`\n",
        "`/gap`\n",
        "`liengia_relay_oldest_seconds`\n",
    ],
)
def test_a_page_that_names_something_wrong_is_found_out(wrong: str) -> None:
    assert unknown_commands(wrong) != []
