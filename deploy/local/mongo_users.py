"""The users of a replica set on this machine: an administrator, and one per database who may do no more."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from pymongo import MongoClient

from deploy.local.ports import HOST
from deploy.local.private import write_private_json

REPLICA_SET = "liengia"

Admin = MongoClient[dict[str, object]]


class MongoUsers:
    """`passwords` is the file that keeps their passwords; it outlives the members on `ports`."""

    def __init__(self, ports: Sequence[int], passwords: Path) -> None:
        self.ports, self.passwords = ports, passwords

    @property
    def admin_url(self) -> str:
        return self._url("root", "admin")

    @property
    def has_root(self) -> bool:
        return "root" in self._known()

    def url_for(self, database: str) -> str:
        """The URL of the one user that may use `database`, and nothing else; makes the user if missing."""
        if database not in self._known():
            self._ensure_user(database)
        return self._url(database, database)

    def make_again(self) -> None:
        """Every user whose password is kept, in a set that came back empty."""
        for database in self._known().keys() - {"root"}:
            self._ensure_user(database)

    def password_of(self, user: str) -> str:
        known = self._known()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            write_private_json(self.passwords, known)
        return known[user]

    def direct(self, port: int, user: str | None = None, *, seconds: int = 10) -> Admin:
        """A client of the member on `port` alone, whatever the state of the set; a call ends after
        `seconds`."""
        credentials = f"{user}:{self.password_of(user)}@" if user else ""
        options = "directConnection=true&serverSelectionTimeoutMS=1000&connectTimeoutMS=1000"
        return MongoClient(f"mongodb://{credentials}{HOST}:{port}/?{options}&socketTimeoutMS={seconds}000")

    def as_root(self) -> Admin:
        """A client of the set's primary, whichever member that is."""
        return MongoClient(self.admin_url, serverSelectionTimeoutMS=10_000, socketTimeoutMS=10_000)

    def _ensure_user(self, database: str) -> None:
        password = self.password_of(database)
        with self.as_root() as client:
            existing = client[database].command("usersInfo", database)["users"]
            verb = "updateUser" if existing else "createUser"
            roles = [{"role": "readWrite", "db": database}]
            client[database].command(verb, database, pwd=password, roles=roles)

    def _url(self, user: str, database: str) -> str:
        password = quote(self._known()[user])
        options = f"replicaSet={REPLICA_SET}&authSource={database}"
        members = ",".join(f"{HOST}:{port}" for port in self.ports)
        return f"mongodb://{quote(user)}:{password}@{members}/{database}?{options}"

    def _known(self) -> dict[str, str]:
        if not self.passwords.exists():
            return {}
        known: dict[str, str] = json.loads(self.passwords.read_text())
        return known
