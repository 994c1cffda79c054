"""The services as this machine runs them: ports and the environment each one gets."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import CannotStart
from deploy.local.issuer import AUDIENCE, ISSUER
from deploy.local.places import CHECKOUT
from deploy.local.ports import HOST

# The variable that gives `deploy.local.indexes` the environment of each service by name, as JSON.
ENVIRONMENTS = "ENVIRONMENTS"
DATABASES = CHECKOUT / "deploy" / "mongo" / "databases.json"
_FIRST_PORT = 8101
_PAGES = {"tips": "/report", "mediation": "/board", "notifications": "/bulletin", "analytics": "/"}


@dataclass(frozen=True, slots=True)
class Service:
    """One service; its database carries its name."""

    name: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def page(self) -> str:
        """The address worth opening in a browser."""
        return self.url + _PAGES.get(self.name, "/docs")

    @property
    def setting(self) -> str:
        """The variable that chooses another port."""
        return f"LIENGIA_PORT_{self.name.upper()}"

    def environment(
        self, *, mongo_url: str, kafka: str, jwks_file: Path, own: Mapping[str, str]
    ) -> dict[str, str]:
        """Everything the process sees: nothing of ours leaks in but the path and the log level."""
        return {
            **base_environment(),
            "HOST": HOST,
            "PORT": str(self.port),
            "MONGO_URL": mongo_url,
            "MONGO_DATABASE": self.name,
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
            "REPLICA_ID": f"{self.name}-1",
            "AUTH_AUDIENCE": AUDIENCE,
            "AUTH_ISSUER": ISSUER,
            "AUTH_JWKS_FILE": str(jwks_file),
            **own,
        }


def base_environment() -> dict[str, str]:
    """What any Python process of ours needs, and nothing of the shell's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def port_from(setting: str, default: int) -> int:
    """The port that the environment chooses, else `default`. Raises CannotStart for what is no port."""
    chosen = os.environ.get(setting, "")
    if not chosen:
        return default
    if not chosen.isdecimal() or not 0 < int(chosen) < 65536:
        raise CannotStart(f"{setting}={chosen} is no port: give a number from 1 to 65535.")
    return int(chosen)


def services() -> list[Service]:
    """The services there are, in the order of their databases' list, which also gives their ports."""
    names: list[str] = json.loads(DATABASES.read_text())
    return [
        Service(name, port_from(f"LIENGIA_PORT_{name.upper()}", default))
        for default, name in enumerate(names, _FIRST_PORT)
    ]
