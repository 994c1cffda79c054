"""A real mongod with key file, authentication, a user per database: a replica set of one member or more."""

import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from deploy.local.child import Child
from deploy.local.failure import CannotStart
from deploy.local.mongo_member import Member, find_binary
from deploy.local.mongo_users import REPLICA_SET, Admin, MongoUsers
from deploy.local.ports import claim
from deploy.local.private import write_private

__all__ = ["RunningMongo", "find_binary", "start"]

Answer = TypeVar("Answer")

_READY_WITHIN = 60.0
_ALREADY_INITIALISED = 23
_NOT_ALL_LISTEN_YET = 74
_AUTHENTICATION_FAILED = 18
_STANDING = frozenset({"PRIMARY", "SECONDARY"})
# A set of several is there to fail over: soon, but not at every hiccup of a busy machine. Heartbeats at their
# default of 2 s would be as rare as elections are quick: a new primary then took both others for dead and
# stepped down. Catching up with a frozen primary waits for it; all our writes are by majority, so nothing is
# lost without (docs/decisions/frozen-primary.md).
ELECTION = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 400, "catchUpTimeoutMillis": 200}


def start(
    folder: Path, port: int, *more: int, passwords: Path | None = None, log: Path | None = None
) -> "RunningMongo":
    """Start a mongod on each port with its data in `folder` and wait until the set has its primary.

    `passwords` is the file that keeps the users' passwords (made on first use, mode 600); it and the logs lie
    in `folder` unless told otherwise. Raises CannotStart.
    """
    for one in (port, *more):
        claim(one, "mongod", "LIENGIA_PORT_MONGO")
    kept, told = passwords or folder / "passwords.json", log or folder / "mongod.log"
    return RunningMongo(folder, (port, *more), kept, told)


class RunningMongo:
    """A replica set on 127.0.0.1. `members` are its processes, `child` the first of them; the users'
    passwords outlive it in a file."""

    def __init__(self, folder: Path, ports: Sequence[int], passwords: Path, log: Path) -> None:
        self._users = MongoUsers(ports, passwords)
        key_file = folder / "keyfile"
        if not key_file.exists():
            write_private(key_file, secrets.token_hex(48))
        self.members: list[Member] = []
        try:
            for number, port in enumerate(ports):
                end = "" if number == 0 else f"-{number + 1}"
                own_log = log.with_stem(log.stem + end)
                self.members.append(Member(number, folder / f"data{end}", port, key_file, own_log))
            self._found()
            self._ensure_root()
            self._wait_until_whole()
        except BaseException:
            self.kill()
            raise

    @property
    def port(self) -> int:
        return self.members[0].port

    @property
    def child(self) -> Child:
        return self.members[0].child

    @property
    def admin_url(self) -> str:
        """For set-up and for tests that look into everything; no service gets it."""
        return self._users.admin_url

    def url_for(self, database: str) -> str:
        """The URL of the one user that may use `database`, and nothing else; makes the user if missing."""
        return self._users.url_for(database)

    def restart_empty(self) -> None:
        """Kill what runs and start again as after the loss of every disk: no data, and the users it had."""
        self.kill()
        for member in self.members:
            shutil.rmtree(member.data)
            member.data.mkdir()
        self.restart()
        self._ensure_root()
        self._users.make_again()

    def stop(self) -> None:
        for member in reversed(self.members):
            member.child.stop()

    def kill(self) -> None:
        for member in self.members:
            member.child.kill()

    def freeze(self) -> None:
        for member in self.members:
            member.child.freeze()

    def thaw(self) -> None:
        for member in self.members:
            member.child.thaw()

    def restart(self) -> None:
        """Start again, on the same ports and data, what was stopped or killed; returns when there is a
        primary."""
        for member in self.members:
            if not member.is_running:
                member.child.start_again()
        self._found()
        self._wait_until_whole()

    def primary(self) -> Member:
        """The member that is primary in the eyes of all that answer. Raises CannotStart after a minute
        without one."""
        return self._until("had no primary", self._primary)

    def is_primary(self) -> bool:
        """Whether some member answers as the primary of the set."""
        return self._primary() is not None

    def step_down(self) -> None:
        """The primary hands over to another member, as for maintenance."""
        with self._users.direct(self.primary().port, "root") as client, suppress(ConnectionFailure):
            client.admin.command("replSetStepDown", 20, secondaryCatchUpPeriodSecs=10)

    def _primary(self) -> Member | None:
        """The one that says so in the highest term: a frozen one, thawed, may still believe in an older."""
        found: list[tuple[object, Member]] = []
        for member in self.members:
            with suppress(PyMongoError), self._users.direct(member.port, seconds=1) as client:
                hello = client.admin.command("hello")
                if hello.get("isWritablePrimary"):
                    found.append((hello.get("electionId"), member))
        return max(found, key=lambda one: str(one[0]))[1] if found else None

    def _found(self) -> None:
        """Initiate the set on first start, then wait until it has a primary."""
        self._until("was not ready", self._join)

    def _join(self) -> bool:
        """Initiate, or, when the data was last used on other ports, tell the set its new addresses."""
        if self._primary() is not None:
            return True
        for member in self.members:
            if not member.is_running:
                raise member.child.died()
        with suppress(ConnectionFailure), self._users.direct(self.port) as client:
            hello = client.admin.command("hello")
            if hello.get("setName") is None and hello.get("isreplicaset"):
                self._initiate(client)
        return False

    def _initiate(self, client: Admin) -> None:
        config: dict[str, object] = {"_id": REPLICA_SET, "members": self._seats()}
        if len(self.members) > 1:
            config["settings"] = ELECTION
        try:
            client.admin.command("replSetInitiate", config)
        except OperationFailure as failure:
            if failure.code == _NOT_ALL_LISTEN_YET:
                return
            if failure.code == _ALREADY_INITIALISED or self._users.has_root:
                self._move()
            else:
                raise CannotStart(f"mongod refused its replica set: {failure.details}") from failure

    def _seats(self) -> list[dict[str, object]]:
        return [{"_id": member.number, "host": member.host} for member in self.members]

    def _move(self) -> None:
        """The member no longer finds itself in the stored configuration because its port changed."""
        with self._users.direct(self.port, "root") as client:
            try:
                config = client.admin.command("replSetGetConfig")["config"]
            except OperationFailure as failure:
                raise self._refused(failure) from failure
            config["version"] += 1
            for seat, member in zip(config["members"], self.members, strict=True):
                seat["host"] = member.host
            client.admin.command("replSetReconfig", config, force=True)

    def _ensure_root(self) -> None:
        """While there is no user at all, mongod lets one be made from this machine."""
        password = self._users.password_of("root")
        # Refused when there are users already: then the localhost exception is over.
        with self._users.direct(self.primary().port) as client, suppress(OperationFailure):
            client.admin.command("createUser", "root", pwd=password, roles=["root"])
        with self._users.as_root() as client:
            try:
                client.admin.command("connectionStatus")
            except PyMongoError as failure:
                raise self._refused(failure) from failure

    def _wait_until_whole(self) -> None:
        """Until every member follows: before that, one that fails may take the majority with it."""
        if len(self.members) > 1:
            self._until("did not copy its data to all members", self._is_whole)

    def _is_whole(self) -> bool:
        with suppress(ConnectionFailure), self._users.as_root() as client:
            states = client.admin.command("replSetGetStatus")["members"]
            return all(one["stateStr"] in _STANDING for one in states)
        return False

    def _until(self, what: str, ask: Callable[[], Answer | None]) -> Answer:
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            if answer := ask():
                return answer
            time.sleep(0.05)
        raise CannotStart(f"mongod {what} within {_READY_WITHIN:.0f} s; its log: {self.child.log}")

    def _refused(self, failure: PyMongoError) -> CannotStart:
        if isinstance(failure, OperationFailure) and failure.code == _AUTHENTICATION_FAILED:
            return CannotStart(
                f"mongod does not accept the passwords in {self._users.passwords}: they are of other data. "
                "Put the matching file back, or remove the data folder to begin anew."
            )
        return CannotStart(f"mongod could not be set up: {failure}")
