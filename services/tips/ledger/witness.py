"""The newest signed checkpoint, in a file outside the database: a restored backup cannot unsay it."""

import asyncio
import fcntl
import os
from pathlib import Path
from urllib.parse import quote

from services.tips.ledger.domain.notes import Checkpoint
from services.tips.ledger.keys import VerifierKey
from shared.settings import Unusable

_VARIABLE = "TIPS_LEDGER_WITNESS_DIR"


class FileWitness:
    """One file for each log in `folder`, which replicas may share. Raises Unusable when nothing can be kept
    there.
    """

    def __init__(self, folder: Path, key: VerifierKey) -> None:
        self._key = key
        self._file = folder / f"{quote(key.name, safe='')}.checkpoint"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._lock():
                pass
        except OSError:
            raise Unusable(f"{_VARIABLE}: nothing can be kept in this folder") from None

    async def latest(self) -> Checkpoint | None:
        return await asyncio.to_thread(self._read)

    async def keep(self, checkpoint: str) -> None:
        await asyncio.to_thread(self._write, checkpoint)

    def _read(self) -> Checkpoint | None:
        try:
            return self._key.open(self._file.read_text())
        except FileNotFoundError:
            return None

    def _write(self, checkpoint: str) -> None:
        with self._lock():
            kept = self._read()
            if kept is not None and kept.size >= self._key.open(checkpoint).size:
                return
            fresh = self._file.with_suffix(".new")
            with fresh.open("w") as file:
                file.write(checkpoint)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file)
            _sync(self._file.parent)

    def _lock(self) -> "_Lock":
        return _Lock(self._file.with_suffix(".lock"))


class _Lock:
    """Held by one process at a time, and let go by the system should it die."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        self._held = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._held)


def _sync(folder: Path) -> None:
    """A rename is durable once its folder is."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
