"""`python -m tests.chaos` (make chaos): breaks everything from one seed and reconciles it from outside.

It starts what it needs on free ports in a folder of its own, stops all of it, and removes the folder when all
is well. Exit codes: 0 nothing was lost and everything held, 1 something did not, 2 wrong use, 130 stopped.
"""

import argparse
import asyncio
import secrets
import signal
import sys
from collections.abc import Sequence

from tests.chaos import table
from tests.chaos.faults import FAULTS
from tests.chaos.play import Programme

SECONDS = 780.0  # faults alone; starting, settling and ending of the stacks come on top


def main(arguments: Sequence[str]) -> int:
    wanted = _wishes(arguments)
    programme = Programme([FAULTS[name] for name in wanted.only], wanted.seed, wanted.seconds, wanted.aim)
    print(f"seed {wanted.seed}; folder {programme.folder}", flush=True)
    try:
        rows = asyncio.run(_played(programme))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nstopped; every part has ended", file=sys.stderr)
        programme.clean_up()
        return 130
    only = [] if set(wanted.only) == set(FAULTS) else [f"ONLY={','.join(wanted.only)}"]
    command = " ".join(["make chaos", f"SEED={wanted.seed}", f"SECONDS={wanted.seconds:.0f}", *only])
    page = table.page(rows, command, wanted.seed, programme.elapsed())
    print(f"\n{page}")
    if wanted.write:
        print(f"Written to {table.write(page)}")
    if any(row.failed for row in rows):
        print(f"Something did not hold. Logs and ledgers are kept in {programme.folder}", file=sys.stderr)
        return 1
    programme.clean_up()
    return 0


async def _played(programme: Programme) -> list[table.Row]:
    """A terminal's Ctrl-C and a SIGTERM both cancel; whoever is cancelled stops what it started."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await programme.play()


def _wishes(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", default=secrets.token_hex(4), help="any word; the same one plays the same")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"for all faults ({SECONDS:.0f})")
    parser.add_argument("--only", default=",".join(FAULTS), help="faults, comma-separated: D1,D4")
    parser.add_argument("--aim", default="", help="narrows what is broken: `mongod` for the kills of D1")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {table.PAGE.name}")
    wanted = parser.parse_args([one for one in arguments if one])
    wanted.only = [name.strip().upper() for name in wanted.only.split(",") if name.strip()]
    if unknown := set(wanted.only) - FAULTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(FAULTS)}")
    if wanted.seconds <= 0:
        parser.error("--seconds must be above 0")
    return wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
