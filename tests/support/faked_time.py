"""A process whose wall clock is wrong: Debian's libfaketime stands between it and the kernel."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

_PLACES = ("/usr/lib", "/usr/local/lib")
_HINT = "libfaketime is not installed (Debian: apt-get install faketime)"


class NoFakeTime(Exception):
    """This machine cannot give a process another time."""


def another_time(ahead: timedelta) -> Mapping[str, str]:
    """The environment of a process whose wall clock is `ahead`; its monotonic clock stays true, as it does on
    a machine that was set wrong. Raises NoFakeTime.
    """
    found = [one for place in _PLACES for one in Path(place).glob("**/faketime/libfaketime.so.1")]
    if not found:
        raise NoFakeTime(_HINT)
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME": f"{ahead.total_seconds():+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
    }
