"""A Python of its own with hexkit, which we measure beside and do not depend on."""

import re
import subprocess
import sys
from pathlib import Path

from deploy.local.places import CHECKOUT

HEXKIT = "hexkit[akafka,mongodb]==9.0.3"
_BESIDE = ("fastapi", "uvicorn", "uvloop", "httptools", "orjson")
_FOLDER = CHECKOUT / ".local" / "bench" / "hexkit"
_INSTALL_WITHIN = 60.0


def hexkit_python() -> str:
    """The path of a Python that has hexkit and, of all else, the versions in our lock; made on first use.

    Raises RuntimeError with the reason when it cannot be had.
    """
    python, done = _FOLDER / "bin" / "python", _FOLDER / ".installed"
    if not done.exists():
        _run(sys.executable, "-m", "venv", str(_FOLDER))
        constraints = _FOLDER / "constraints.txt"
        constraints.write_text(_pins(CHECKOUT / "requirements.lock"))
        quiet = ("--disable-pip-version-check", "--no-input", "--only-binary", ":all:")
        _run(str(python), "-m", "pip", "install", *quiet, "-c", str(constraints), HEXKIT, *_BESIDE)
        done.touch()
    return str(python)


def _pins(lock: Path) -> str:
    """The lock without its hashes: pip would otherwise want one for hexkit, too."""
    return "\n".join(re.findall(r"^[\w.-]+==[^\s\\]+", lock.read_text(), re.MULTILINE))


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"hexkit could not be installed: {type(error).__name__}") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RuntimeError(f"hexkit could not be installed: {last[:150]}")
