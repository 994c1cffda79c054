"""The one table at the end, and the same as a page of evidence."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from deploy.local.places import CHECKOUT
from tests.performance.figures import Row

_HEAD = ("", "what", "measured", "beside", "aim", "reached")
_LIBRARIES = ("aiokafka", "fastapi", "faststream", "motor", "pydantic", "uvicorn", "uvloop")


def table(rows: Sequence[Row]) -> str:
    """Markdown that reads well in a terminal: columns as wide as their widest cell."""
    lines = [list(_HEAD), *(_line(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEAD))]
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in ruled
    )


def _line(row: Row) -> list[str]:
    measured = " · ".join(f"{name}: {figure}" for name, figure in row.measured.items())
    reached = {True: "yes", False: "no", None: ""}[row.met]
    return [row.group, row.what, measured, row.beside, row.aim, reached]


def evidence(rows: Sequence[Row], command: str, seconds: float, notes: Sequence[str]) -> str:
    """The page: when, on what, with which command, the table, and how to read it."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return "\n".join(
        [
            f"# What `make bench` measured on {_today()}",
            "",
            f"`{command}`, {seconds:.0f} s, on {os.cpu_count()} cores ({_processor()}), "
            f"{platform.system()} {platform.machine()}, load at the end {load}. "
            f"Python {platform.python_version()}, {libraries}.",
            "",
            table(rows),
            "",
            *(f"- {note}" for note in notes),
            "",
        ]
    )


def write(page: str) -> Path:
    """Stores the page as `docs/evidence/bench.md`, in place of the one before."""
    file = CHECKOUT / "docs" / "evidence" / "bench.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page)
    return file


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
