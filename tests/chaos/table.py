"""The one table at the end, and the same as a page of evidence."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from deploy.local.places import CHECKOUT
from tests.chaos.findings import Findings
from tests.chaos.outcome import Fault, Outcome

PAGE = CHECKOUT / "docs" / "evidence" / "chaos.md"
_HEAD = (
    *("", "fault", "times", "accepted", "lost", "duplicated effects", "out of order"),
    *("repeats: webhook, Kafka", "time to recover", "held"),
)
_LIBRARIES = ("aiokafka", "fastapi", "faststream", "motor", "pymongo", "uvicorn")
NOTES = (
    "Accepted are answers 2xx and records that the broker acknowledged, written to a file before they count; "
    "each is held by its id against every database, topic, journal, webhook receiver and figure.",
    "Repeats are no duplicated effects: a post comes again under its `webhook-id`, a record under its event "
    "id. They are shown as they came.",
    "Time to recover: median (longest) in seconds, from healing until the part works again.",
    "The pauses between two posts of a webhook are cut short while all becomes quiet.",
)


@dataclass
class Row:
    """What became of one fault. `trouble`: why it could not be played to its end."""

    fault: Fault
    outcome: Outcome = field(default_factory=Outcome)
    findings: Findings | None = None
    trouble: str | None = None

    @property
    def failed(self) -> bool:
        clean = self.findings is None or self.findings.clean
        return bool(self.trouble or self.outcome.failures or not clean)

    @property
    def verdict(self) -> str:
        if self.failed:
            return "NO"
        if self.outcome.not_run and not self.outcome.times:
            return "not run"
        return "in part" if self.outcome.not_run else "yes"

    def cells(self) -> list[str]:
        found, outcome = self.findings, self.outcome
        counts = ["", "", "", "", ""]
        if found is not None:
            repeats = f"{found.repeats_raw}, {found.repeats_kafka}"
            counts = [*map(str, (found.accepted, found.lost, found.duplicated, found.disordered)), repeats]
        times = str(outcome.times) if outcome.times else ""
        return [self.fault.name, self.fault.title, times, *counts, _seconds(outcome.recovered), self.verdict]

    def remarks(self) -> list[str]:
        """What was asserted and seen, and what failed."""
        name, outcome = self.fault.name, self.outcome
        found = self.findings.details if self.findings else []
        return [
            *(f"{name} held: {one}" for one in outcome.held),
            *(f"{name} NOT: {one}" for one in (*outcome.failures, *found)),
            *([f"{name} not run: {outcome.not_run}"] if outcome.not_run else []),
            *([f"{name} broke off: {self.trouble}"] if self.trouble else []),
        ]


def _seconds(recovered: Sequence[float]) -> str:
    return f"{median(recovered):.1f} ({max(recovered):.1f})" if recovered else ""


def ruled(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Markdown that reads well in a terminal: columns as wide as their widest cell."""
    lines = [head, *lines]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (head, ["-" * width for width in widths], *lines[1:])
    )


def machine() -> str:
    """What it ran on, and with which libraries."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"on {os.cpu_count()} cores, {platform.system()} {platform.machine()}. "
        f"Python {platform.python_version()}, {libraries}."
    )


def page(rows: Sequence[Row], command: str, seed: str, seconds: float) -> str:
    """When, on what, with which command and seed, the table, and what was seen."""
    remarks = [remark for row in rows for remark in row.remarks()]
    return "\n".join(
        [
            f"# What was broken on {datetime.now(UTC).date().isoformat()}, and what was lost",
            "",
            f"`{command}`, seed `{seed}`, {seconds:.0f} s, {machine()}",
            "",
            ruled(_HEAD, [row.cells() for row in rows]),
            "",
            *(f"- {remark}" for remark in remarks),
            "",
            *(f"- {note}" for note in NOTES),
            "",
        ]
    )


def write(text: str) -> Path:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text)
    return PAGE
