"""`python -m tests.performance` (make bench): this platform beside honest alternatives, in one run.

It starts what it needs on free ports in a folder of its own, stops all of it, and always ends with status 0,
after Ctrl-C too: a figure is to be read, not to be passed. `--only P1,P7` measures some, `--quick` less,
`--write` keeps the table as evidence.
"""

import argparse
import logging
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.performance import report
from tests.performance.figures import Row, not_run
from tests.performance.plan import GROUPS, NOTES, PARTS, Part
from tests.performance.round import Effort, Progress, full, quick

BEGUN_UNTIL = 560.0  # seconds from the start; no part begins later: the whole stays within ten minutes


def main(arguments: Sequence[str]) -> int:
    wanted = _wishes(arguments)
    logging.basicConfig(level=logging.ERROR)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Progress()
    effort = quick(progress.say) if wanted.quick else full(progress.say)
    rows: list[Row] = []
    try:
        with tempfile.TemporaryDirectory(prefix="liengia-bench-", ignore_cleanup_errors=True) as folder:
            for number, part in enumerate(PARTS):
                if part.groups & wanted.only:
                    rows += _measured(part, Path(folder) / str(number), effort, progress)
    except KeyboardInterrupt:
        rows.append(not_run(progress.section, "", "interrupted, and so was what comes after it"))
    rows = sorted((row for row in rows if row.group in wanted.only), key=lambda row: row.group)
    command = " ".join(["make bench", *([f"ARGS='{' '.join(arguments)}'"] if arguments else [])])
    page = report.evidence(rows, command, progress.elapsed(), [NOTES[""], *_notes(wanted.only)])
    print(f"\n{page}")
    if wanted.write:
        print(f"Written to {report.write(page)}")
    return 0


def _measured(part: Part, folder: Path, effort: Effort, progress: Progress) -> list[Row]:
    progress.section = min(part.groups)
    if progress.elapsed() > BEGUN_UNTIL:
        return [not_run(progress.section, "", "ten minutes were over")]
    progress.say("begins")
    try:
        return part.measure(folder, effort.lasting(part.seconds))
    except Exception as error:  # noqa: BLE001 - the bench's boundary: the other figures are still wanted
        progress.say(f"failed: {error}")
        reason = " ".join(str(error).split())[-160:]
        return [not_run(progress.section, "", f"{type(error).__name__}: {reason}")]


def _notes(groups: set[str]) -> list[str]:
    return [f"{name}: {NOTES[name]}" for name in GROUPS if name in groups and name in NOTES]


def _wishes(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("--only", default=",".join(GROUPS), help="what to measure, comma-separated")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/evidence")
    wanted = parser.parse_args(arguments)
    wanted.only = {name.strip().upper() for name in wanted.only.split(",") if name.strip()}
    if unknown := wanted.only - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(GROUPS)}")
    return wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
