"""`python -m deploy.local.indexes`: every service makes its indexes, all at once, in one start of Python.

What the services share is imported once, before the process divides: it is most of what four starts cost.
"""

import json
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping

import shared.consume
import shared.service  # noqa: F401 - for those who come after the fork
from deploy.local.services import ENVIRONMENTS


def main() -> int:
    """0 when all have made theirs; else the log says what went wrong with whom."""
    environments: Mapping[str, Mapping[str, str]] = json.loads(os.environ[ENVIRONMENTS])
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=_make, args=item, name=item[0]) for item in environments.items()]
    for process in running:
        process.start()
    for process in running:
        process.join()
    failed = [process.name for process in running if process.exitcode != 0]
    if failed:
        print(f"no indexes for {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _make(name: str, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, "indexes"]
    runpy.run_module(f"services.{name}", run_name="__main__")


if __name__ == "__main__":
    sys.exit(main())
