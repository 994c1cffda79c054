"""The users of a mongod on this machine: an administrator, and one per database who may touch no other."""

import json
import secrets
from pathlib import Path
from urllib.parse import quote

from pymongo import MongoClient

from deploy.local.ports import HOST
from deploy.local.private import write_private_json

REPLICA_SET = "liengia"

Admin = MongoClient[dict[str, object]]


class MongoUsers:
    """`passwords` is the file that keeps their passwords; it outlives the mongod on `port`."""

    def __init__(self, port: int, passwords: Path) -> None:
        self.port, self.passwords = port, passwords

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

    def password_of(self, user: str) -> str:
        known = self._known()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            write_private_json(self.passwords, known)
        return known[user]

    def direct(self, credentials: str = "") -> Admin:
        """A client of this member alone, whatever the state of the set."""
        options = "directConnection=true&serverSelectionTimeoutMS=1000&connectTimeoutMS=1000"
        return MongoClient(f"mongodb://{credentials}{HOST}:{self.port}/?{options}")

    def as_root(self) -> Admin:
        return self.direct(f"root:{self.password_of('root')}@")

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
        return f"mongodb://{quote(user)}:{password}@{HOST}:{self.port}/{database}?{options}"

    def _known(self) -> dict[str, str]:
        if not self.passwords.exists():
            return {}
        known: dict[str, str] = json.loads(self.passwords.read_text())
        return known
