"""`python -m tests.performance` (make bench): this platform beside honest alternatives, in one run.

It starts what it needs on free ports in a folder of its own, stops all of it, and always ends with status 0:
a figure is to be read, not to be passed. `--only P1,P7` measures some, `--quick` less, `--write` keeps the
table as evidence.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.performance import flow, intake, report, sustained, up, visible
from tests.performance.figures import Row
from tests.performance.round import Effort, Progress, full, quick

Section = Callable[[Path, Effort], list[Row]]

SECTIONS: dict[str, tuple[Section, ...]] = {
    "P7": (up.measure,),
    "P1": (intake.measure, sustained.measure),
    "P2": (flow.measure,),
    "P3": (visible.measure,),
}
ROUNDS_UNTIL = 400.0  # seconds from the start; then one round of each has to do
SECTIONS_UNTIL = 500.0  # no section begins after this: the whole stays within ten minutes

NOTES = (
    "`median (lowest–highest)` over rounds in which all contenders take turns; ratios are of neighbours in a "
    "round. Everything ran on this one machine: mongod, Kafka, the services, the load client.",
    "P1: requests/s in a closed loop; p50 and p99 in an open loop, from when a request was due, all of them "
    "at half of what the naive one carried. CPU of the service for one request, then with mongod and Kafka; "
    "`client` is what the load client spent beside them. Sustained: reports sent until the last consumer had "
    "committed the last, divided by that time.",
    "P2: CPU of all services, or of producer and consumers. P3: from the answer 201.",
)


def main(arguments: Sequence[str]) -> int:
    wanted = _wishes(arguments)
    logging.basicConfig(level=logging.ERROR)
    progress = Progress()
    until = progress.began + ROUNDS_UNTIL
    effort = quick(progress.say, until) if wanted.quick else full(progress.say, until)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="liengia-bench-", ignore_cleanup_errors=True) as folder:
        for name in wanted.only:
            progress.section = name
            for part, section in enumerate(SECTIONS[name]):
                rows += _section(name, section, Path(folder) / f"{name}-{part}", effort, progress)
    command = " ".join(["make bench", *([f"ARGS='{' '.join(arguments)}'"] if arguments else [])])
    page = report.evidence(rows, command, progress.elapsed(), NOTES)
    print(f"\n{page}")
    if wanted.write:
        print(f"Written to {report.write(page)}")
    return 0


def _section(name: str, section: Section, folder: Path, effort: Effort, progress: Progress) -> list[Row]:
    if progress.elapsed() > SECTIONS_UNTIL:
        return [Row(name, "", {"figure": "not run: ten minutes were over"})]
    progress.say("begins")
    try:
        return section(folder, effort)
    except Exception as error:  # noqa: BLE001 - the bench's boundary: the other figures are still wanted
        progress.say(f"failed: {error}")
        reason = " ".join(str(error).split())[-160:]
        return [Row(name, "", {"figure": f"not run: {type(error).__name__}: {reason}"})]


def _wishes(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, comma-separated")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/evidence")
    wanted = parser.parse_args(arguments)
    wanted.only = [name.strip().upper() for name in wanted.only.split(",") if name.strip()]
    if unknown := set(wanted.only) - SECTIONS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    return wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
