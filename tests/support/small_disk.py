"""A system whose MongoDB has a small file system of its own, which a test may fill."""

import subprocess
from pathlib import Path

from deploy.local.failure import CannotStart
from tests.support.system import System

MEGABYTES = 700  # a journal of 100 MB files, the oplog, and what the tests store


class SmallDiskSystem(System):
    """`mount` is the file system. Raises CannotStart where none may be mounted."""

    def __init__(self, folder: Path) -> None:
        self.mount = folder / "mongo"
        self.mount.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=700", "tmpfs", str(self.mount)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as missing:
            raise CannotStart(f"no small disk can be mounted: {missing}") from missing
        if done.returncode != 0:
            raise CannotStart(f"no small disk can be mounted: {done.stderr.strip()}")
        try:
            super().__init__(folder)
        except BaseException:
            self._unmount()
            raise

    def stop(self) -> None:
        super().stop()
        self._unmount()

    def _unmount(self) -> None:
        subprocess.run(["umount", str(self.mount)], capture_output=True, check=False)
