"""One local system for one folder: two would write each other's data and logs."""

import fcntl
from pathlib import Path
from typing import IO

from deploy.local.failure import CannotStart


def hold(folder: Path) -> IO[str]:
    """Hold `folder` until the file given back is closed, at the latest by the end of this process.

    Raises CannotStart while another process holds it. The processes we start do not inherit it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "up.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStart(
            f"Another make up runs on the data in {folder}: use that one, stop it with Ctrl-C, "
            "or choose another folder with LIENGIA_LOCAL=<folder>."
        ) from None
    return file
